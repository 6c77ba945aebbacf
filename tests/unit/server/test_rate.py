"""How often one address may ask."""

import pytest

from agent.errors import RateLimited
from agent.server.access.rate import RateLimit


def test_one_too_many_is_told_when_to_come_back_and_others_are_served() -> None:
    limit = RateLimit(2, 60)
    limit.count_request("a")
    limit.count_request("a")
    with pytest.raises(RateLimited) as refused:
        limit.count_request("a")
    assert refused.value.retry_after is not None
    assert 1 <= refused.value.retry_after <= 60
    limit.count_request("b")


def test_two_limits_do_not_share_their_counts() -> None:
    RateLimit(1, 60).count_request("a")
    RateLimit(1, 60).count_request("a")
