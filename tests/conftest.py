"""The real servers, for whichever test asks for one; none is started before."""

pytest_plugins = ["tests.servers.postgres", "tests.servers.redis", "tests.servers.seaweed"]
