"""Invented people and sentences: templates and the words that fill them; no text of any real paper."""

import re
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Rng = np.random.Generator
T = TypeVar("T")


def pick(rng: Rng, choices: Sequence[T]) -> T:
    """One of the choices, evenly."""
    return choices[int(rng.integers(len(choices)))]


def fill(rng: Rng, template: str) -> str:
    """The template with every {slot} replaced by one of its words, slots inside slots too."""
    while "{" in template:
        template = re.sub(r"\{(\w+)\}", lambda m: slot(rng, m.group(1)), template, count=1)
    return template


def slot(rng: Rng, name: str) -> str:
    """One value for a slot: a number range, a date, a person or a word of the table."""
    makers = {"num": number, "day": short_date, "person": person, "year": year}
    return makers[name](rng) if name in makers else pick(rng, SLOTS[name])


def number(rng: Rng) -> str:
    """A count between 2 and 480."""
    return str(int(rng.integers(2, 480)))


def year(rng: Rng) -> str:
    """A year of recent decades."""
    return str(int(rng.integers(1996, 2026)))


def short_date(rng: Rng) -> str:
    """A date in figures, day first, zeros as Decree 30/2020 asks."""
    return f"{int(rng.integers(1, 29)):02d}/{int(rng.integers(1, 13))}/{year(rng)}"


def person(rng: Rng, *, woman: bool | None = None) -> str:
    """An invented full name."""
    female = bool(rng.integers(2)) if woman is None else woman
    middle, given = (WOMEN_MIDDLE, WOMEN) if female else (MEN_MIDDLE, MEN)
    return f"{pick(rng, SURNAMES)} {pick(rng, middle)} {pick(rng, given)}"


SURNAMES = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đinh",
    "Trịnh",
    "Mai",
    "Cao",
    "Lương",
    "Tạ",
]
MEN_MIDDLE = ["Văn", "Đức", "Hữu", "Quang", "Minh", "Xuân", "Thanh", "Ngọc", "Công", "Đình", "Trọng", "Quốc"]
WOMEN_MIDDLE = ["Thị", "Thu", "Thanh", "Ngọc", "Bích", "Hồng", "Kim", "Mỹ", "Thùy", "Phương"]
MEN = [
    "Hùng",
    "Dũng",
    "Cường",
    "Khải",
    "Thắng",
    "Phúc",
    "Toàn",
    "Bảo",
    "Lộc",
    "Nghĩa",
    "Tuấn",
    "Hưng",
    "Khoa",
    "Đạt",
    "Sơn",
    "Trường",
    "Thịnh",
    "Vượng",
    "Kiên",
]
WOMEN = [
    "Hương",
    "Lan",
    "Hạnh",
    "Yến",
    "Nhung",
    "Trang",
    "Thảo",
    "Diệp",
    "Loan",
    "Ngân",
    "Quỳnh",
    "Vy",
    "Oanh",
    "Tuyết",
    "Hằng",
    "Huệ",
    "Duyên",
    "Thủy",
]
PROVINCES = [
    "An Giang",
    "Cao Bằng",
    "Đồng Tháp",
    "Gia Lai",
    "Hà Tĩnh",
    "Khánh Hòa",
    "Lạng Sơn",
    "Lâm Đồng",
    "Nghệ An",
    "Ninh Bình",
    "Phú Thọ",
    "Quảng Ngãi",
    "Quảng Trị",
    "Sơn La",
    "Tây Ninh",
    "Thái Nguyên",
    "Thanh Hóa",
    "Tuyên Quang",
    "Vĩnh Long",
]
COMMUNES = [
    "Hòa Thuận",
    "Bình Minh",
    "Tân Lập",
    "Phước Lộc",
    "Vĩnh Thạnh",
    "Đại Đồng",
    "Yên Khánh",
    "Thạch Kim",
    "Long Mỹ",
    "An Phú",
    "Quỳnh Lâm",
    "Sơn Thủy",
    "Mỹ Hưng",
    "Trường Xuân",
    "Đông Hải",
    "Nghĩa Thắng",
]

SLOTS: dict[str, Sequence[str]] = {
    "province": PROVINCES,
    "commune": COMMUNES,
    "office": (
        "Văn phòng Sở",
        "Phòng Hành chính tư pháp",
        "Phòng Bổ trợ tư pháp",
        "Thanh tra Sở",
        "Trung tâm Trợ giúp pháp lý nhà nước",
        "Phòng Công chứng số 1",
        "Trung tâm Lưu trữ lịch sử",
        "Phòng Phổ biến, giáo dục pháp luật",
        "Trung tâm Phục vụ hành chính công",
    ),
    "body": (
        "Ủy ban nhân dân các xã, phường",
        "các sở, ban, ngành của tỉnh",
        "Sở Tài chính",
        "Sở Nội vụ",
        "Công an tỉnh",
        "Thi hành án dân sự tỉnh",
        "các tổ chức hành nghề công chứng",
        "Mặt trận Tổ quốc và các đoàn thể",
        "Thủ trưởng các cơ quan, đơn vị có liên quan",
    ),
    "work": (
        "số hóa hồ sơ, tài liệu lưu trữ",
        "đăng ký và quản lý hộ tịch",
        "chứng thực bản sao từ bản chính",
        "giải quyết thủ tục hành chính theo cơ chế một cửa",
        "hòa giải ở cơ sở",
        "trợ giúp pháp lý cho người nghèo",
        "thi hành án dân sự",
        "xử lý vi phạm hành chính",
        "kiểm tra văn bản quy phạm pháp luật",
        "công chứng, đấu giá tài sản",
        "tiếp công dân, giải quyết khiếu nại, tố cáo",
        "chỉnh lý tài liệu tồn đọng",
        "bồi dưỡng nghiệp vụ cho công chức tư pháp",
        "cấp phiếu lý lịch tư pháp",
    ),
    "goal": (
        "bảo đảm đúng tiến độ và chất lượng",
        "phục vụ tốt hơn nhu cầu của người dân và doanh nghiệp",
        "rút ngắn thời gian giải quyết công việc",
        "nâng cao trách nhiệm của người đứng đầu",
        "tránh để xảy ra thất lạc, hư hỏng tài liệu",
        "bảo vệ quyền và lợi ích hợp pháp của công dân",
        "thực hành tiết kiệm, chống lãng phí",
        "giữ gìn kỷ luật, kỷ cương hành chính",
    ),
    "when": (
        "trước ngày {day}",
        "trong quý {quarter} năm {year}",
        "chậm nhất là ngày {day}",
        "trong thời hạn {num} ngày làm việc",
        "trong năm {year}",
        "kể từ ngày {day}",
    ),
    "quarter": ("I", "II", "III", "IV"),
    "act": ("hướng dẫn", "đôn đốc", "kiểm tra", "rà soát", "tổng hợp", "theo dõi", "đánh giá", "thẩm tra"),
    "thing": (
        "sổ đăng ký khai sinh",
        "hồ sơ kết hôn",
        "hồ sơ cán bộ",
        "bản án đã có hiệu lực",
        "văn bản đến và văn bản đi",
        "sổ đăng ký khai tử",
        "hồ sơ công chứng",
        "hồ sơ xử phạt",
        "biên bản bàn giao",
    ),
    "law": (
        "Luật Tổ chức chính quyền địa phương",
        "Luật Lưu trữ",
        "Luật Hộ tịch",
        "Luật Công chứng",
        "Luật Thi hành án dân sự",
        "Luật Xử lý vi phạm hành chính",
        "Luật Trợ giúp pháp lý",
        "Luật Cán bộ, công chức",
    ),
    "trouble": (
        "cơ sở vật chất còn thiếu",
        "nhiều sổ cũ bị mối mọt, chữ mờ",
        "số lượng công chức chuyên trách còn mỏng",
        "đường truyền chưa ổn định",
        "việc phối hợp giữa các đơn vị có lúc chưa kịp thời",
        "kinh phí được cấp chậm so với kế hoạch",
        "một số biểu mẫu chưa thống nhất",
    ),
}

LEGAL_BASES = (
    "Căn cứ {law} ngày {day};",
    "Căn cứ {law} ngày {day} và các văn bản hướng dẫn thi hành;",
    "Căn cứ Nghị định số {num}/{year}/NĐ-CP ngày {day} của Chính phủ về công tác {work};",
    "Căn cứ Quyết định số {num}/QĐ-UBND ngày {day} của Ủy ban nhân dân tỉnh {province} về việc {work};",
    "Căn cứ Kế hoạch số {num}/KH-STP ngày {day} về {work} trên địa bàn tỉnh {province};",
    "Xét đề nghị của {office} tại Tờ trình số {num}/TTr-STP ngày {day};",
)

SENTENCES = (
    "Giao {office} chủ trì, phối hợp với {body} {act} công tác {work}, {goal}.",
    "Đề nghị {body} {act} việc lập danh mục {thing}, gửi kết quả về {office} {when}.",
    (
        "Trong kỳ, toàn tỉnh đã tiếp nhận {num} hồ sơ, giải quyết xong {num} hồ sơ, còn {num} hồ "
        "sơ đang trong hạn."
    ),
    "{office} có trách nhiệm {act} và báo cáo kết quả thực hiện {when}, {goal}.",
    (
        "Kinh phí thực hiện được bố trí từ nguồn ngân sách tỉnh năm {year} và các nguồn hợp pháp "
        "khác theo quy định."
    ),
    "Bên cạnh kết quả đạt được, công tác {work} vẫn còn hạn chế: {trouble}.",
    "Nguyên nhân chủ yếu là do {trouble}, trong khi yêu cầu {goal} ngày càng cao.",
    (
        "Qua kiểm tra {num} cuốn {thing} từ năm {year} đến nay, đoàn công tác ghi nhận {num} "
        "trường hợp cần bổ sung."
    ),
    "Thời gian thực hiện {when}; địa điểm tại trụ sở {office} và các xã {commune}, {commune}.",
    "Việc {act} phải được lập thành biên bản, có chữ ký của các bên và lưu cùng {thing}.",
    (
        "Yêu cầu {body} nghiêm túc triển khai công tác {work}, kịp thời phản ánh khó khăn, vướng "
        "mắc để được giải quyết."
    ),
    "Đến ngày {day}, đã quét và kiểm tra xong {num} mét giá tài liệu, trong đó có {num} hộp {thing}.",
    "Cử ông (bà) {person}, chuyên viên {office}, làm đầu mối {act} công tác {work}.",
    "Tài liệu sau khi số hóa được sắp xếp theo phông, mục lục và hồ sơ; bản gốc trả về kho {when}.",
    "Tăng cường công tác {work} tại địa bàn xã {commune}, xã {commune} và phường {commune}, {goal}.",
    "Trường hợp {thing} bị rách nát, chữ mờ thì lập danh sách riêng và báo cáo {office} xem xét, quyết định.",
    "So với cùng kỳ năm {year}, số việc tăng {num} vụ, đạt {num} phần nghìn chỉ tiêu được giao.",
    "Phân công {office} {act} hằng tháng, tổng hợp gửi Ủy ban nhân dân tỉnh {province} {when}.",
    "Công chức được giao nhiệm vụ phải giữ bí mật thông tin cá nhân của công dân ghi trong {thing}.",
    "Đối với {thing} lập trước năm {year}, {body} tiến hành đối chiếu từng trang với sổ gốc, {goal}.",
)

SUBJECTS = (
    "tăng cường công tác {work} trên địa bàn tỉnh {province}",
    "triển khai công tác {work} năm {year}",
    "kiện toàn Tổ công tác về {work}",
    "ban hành Quy chế phối hợp trong công tác {work}",
    "{act} kết quả {work} năm {year}",
    "lập danh mục {thing} cần số hóa năm {year}",
    "bàn giao {thing} cho Trung tâm Lưu trữ lịch sử tỉnh {province}",
)
HEADINGS = (
    "Tình hình chung",
    "Kết quả đạt được",
    "Tồn tại, hạn chế",
    "Nhiệm vụ trọng tâm",
    "Giải pháp thực hiện",
    "Kiến nghị, đề xuất",
    "Tổ chức thực hiện",
)
