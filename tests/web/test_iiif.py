"""IIIF: the shapes the specifications ask for, only what is told can be had, rights and masks as on pages."""

from __future__ import annotations

import io

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from digitizer.accounts import Role
from tests.web.sites import NUMBER, person, post, put

URI = {"type": "string", "pattern": "^https://localhost/iiif/"}
SIZE = {
    "type": "object",
    "required": ["width", "height"],
    "properties": {"width": {"type": "integer", "minimum": 1}, "height": {"type": "integer", "minimum": 1}},
}
#: Image API 3.0 section 5: what `info.json` must have, and the values it may have at level 0.
INFO = {
    "type": "object",
    "required": ["@context", "id", "type", "protocol", "profile", "width", "height"],
    "properties": {
        "@context": {"const": "http://iiif.io/api/image/3/context.json"},
        "id": {**URI, "not": {"pattern": "/$"}},
        "type": {"const": "ImageService3"},
        "protocol": {"const": "http://iiif.io/api/image"},
        "profile": {"const": "level0"},
        "width": {"type": "integer", "minimum": 1},
        "height": {"type": "integer", "minimum": 1},
        "sizes": {"type": "array", "minItems": 1, "items": SIZE},
        "tiles": {
            "type": "array",
            "items": {
                "required": ["width", "scaleFactors"],
                "properties": {
                    "width": {"type": "integer"},
                    "scaleFactors": {"type": "array", "minItems": 1, "items": {"type": "integer"}},
                },
            },
        },
    },
}
LANGUAGES = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"enum": ["none", "vi", "en"]},
    "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
}


def page_of(item):
    return {
        "type": "object",
        "required": ["id", "type"],
        "properties": {
            "id": URI,
            "type": {"const": "AnnotationPage"},
            "items": {"type": "array", "items": item},
        },
    }


PAINTING = {
    "required": ["id", "type", "motivation", "body", "target"],
    "properties": {
        "id": URI,
        "type": {"const": "Annotation"},
        "motivation": {"const": "painting"},
        "target": URI,
        "body": {
            "required": ["id", "type", "format", "width", "height", "service"],
            "properties": {"id": URI, "type": {"const": "Image"}, "format": {"const": "image/jpeg"}},
        },
    },
}
#: Presentation API 3.0 sections 5.2, 5.3 and 5.6: a Manifest, its Canvases, what is painted on them.
MANIFEST = {
    "type": "object",
    "required": ["@context", "id", "type", "label", "items"],
    "properties": {
        "@context": {"const": "http://iiif.io/api/presentation/3/context.json"},
        "id": URI,
        "type": {"const": "Manifest"},
        "label": LANGUAGES,
        "metadata": {
            "type": "array",
            "items": {
                "required": ["label", "value"],
                "properties": {"label": LANGUAGES, "value": LANGUAGES},
            },
        },
        "items": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["id", "type", "width", "height", "items"],
                "properties": {
                    "id": {**URI, "not": {"pattern": "#"}},
                    "type": {"const": "Canvas"},
                    "label": LANGUAGES,
                    "width": {"type": "integer", "minimum": 1},
                    "height": {"type": "integer", "minimum": 1},
                    "items": {"type": "array", "minItems": 1, "items": page_of(PAINTING)},
                    "annotations": {"type": "array", "items": page_of({})},
                },
            },
        },
    },
}


@pytest.fixture
def opened(site):
    document = put(site, "Công văn 5.pdf", "giấy mời họp\fhai")
    return person(site, Role.CLERK), f"/iiif/{document}"


def valid(answer, schema):
    assert answer.status_code == 200, answer.text
    Draft202012Validator(schema).validate(answer.json())
    return answer.json()


def test_the_shapes_are_those_of_the_specifications(opened):
    clerk, base = opened
    answer = clerk.get(f"{base}/1/info.json")
    info = valid(answer, INFO)
    assert "image/3/context.json" in answer.headers["content-type"]
    assert "level0.json" in answer.headers["link"]
    manifest = valid(clerk.get(f"{base}/manifest"), MANIFEST)
    assert manifest["id"] == f"https://localhost{base}/manifest"
    canvas = manifest["items"][1]
    assert (len(manifest["items"]), canvas["width"], canvas["height"]) == (2, 2480, 3508)
    body = canvas["items"][0]["items"][0]["body"]
    assert body["service"] == [
        {"id": f"https://localhost{base}/2", "type": "ImageService3", "profile": "level0"}
    ]
    assert info["id"] == f"https://localhost{base}/1"
    moved = clerk.get(f"{base}/1")
    assert (moved.status_code, moved.headers["location"]) == (303, f"{base}/1/info.json")


def test_every_size_and_tile_that_is_told_is_there_in_its_size(opened):
    clerk, base = opened
    info = clerk.get(f"{base}/1/info.json").json()
    asked = {f"full/{s['width']},{s['height']}": (s["width"], s["height"]) for s in info["sizes"]}
    asked["full/max"] = (info["width"], info["height"])
    (tiles,) = info["tiles"]
    for factor in tiles["scaleFactors"]:
        side = tiles["width"] * factor
        for left in range(0, info["width"], side):
            for top in range(0, info["height"], side):
                wide, high = min(side, info["width"] - left), min(side, info["height"] - top)
                size = -(-wide // factor), -(-high // factor)
                asked[f"{left},{top},{wide},{high}/{size[0]},{size[1]}"] = size
    assert len(asked) == 4 + 12 + 4 + 1
    for part, size in asked.items():
        answer = clerk.get(f"{base}/1/{part}/0/default.jpg")
        assert answer.headers["content-type"] == "image/jpeg", part
        assert Image.open(io.BytesIO(answer.content)).size == size, part


@pytest.mark.parametrize(
    "part",
    [
        "square/max",
        "full/100,",
        "full/^max",
        "pct:0,0,50,50/max",
        "0,0,1024,1024/1023,1024",
        "1,0,1024,1024/1024,1024",
        "0,0,999999,999999/1,1",
        "full/0,0",
        "9216,0,1024,1024/1024,1024",
    ],
)
def test_nothing_else_can_be_asked_for(opened, part):
    clerk, base = opened
    assert clerk.get(f"{base}/1/{part}/0/default.jpg").status_code == 404
    assert clerk.get(f"{base}/9/{part}/0/default.jpg").status_code == 404


def test_h03_h17_no_shape_tells_of_what_is_hidden(site, opened):
    clerk, _ = opened
    secret = put(site, "b.pdf", "MẬT\ngiấy mời")
    for path in ("manifest", "1", "1/info.json", "1/text", "1/full/max/0/default.jpg"):
        hidden, missing = clerk.get(f"/iiif/{secret}/{path}"), clerk.get(f"/iiif/{'0' * 16}/{path}")
        assert hidden.status_code == missing.status_code == 404
        assert hidden.headers["content-length"] == missing.headers["content-length"]
    assert clerk.get(f"{opened[1]}/1/info.json").headers["cache-control"] == "no-store"
    assert "etag" not in clerk.get(f"{opened[1]}/1/full/max/0/default.jpg").headers


def test_j01_lines_and_tiles_hide_what_pages_hide(site):
    document = put(site, "a.pdf", f"giấy mời {NUMBER}")
    clerk, base = person(site, Role.CLERK), f"/iiif/{document}/1"
    lines = clerk.get(f"{base}/text")
    assert lines.json()["items"][0]["target"].startswith(f"https://localhost{base}/canvas#xywh=100,100,")
    assert NUMBER not in lines.text
    tile = f"{base}/0,0,1024,1024/1024,1024/0/default.jpg"
    blackened = clerk.get(tile).content
    post(clerk, f"/documents/{document}/unmask", reason="trả lời công dân")
    assert NUMBER in clerk.get(f"{base}/text").text
    assert clerk.get(tile).content != blackened
