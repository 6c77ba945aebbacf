"""What is made of the event protocol is what its models say."""

from agent.events import CLIENT_EVENTS, SERVER_EVENTS, ClientEvent, ServerEvent
from agent.events.examples import CLIENT_EXAMPLES, SERVER_EXAMPLES
from agent.events.generate import models, stale, type_name


def test_the_generated_files_are_fresh() -> None:
    assert stale() == []


def test_every_event_has_one_example_which_is_valid() -> None:
    for union, examples, adapter in (
        (ClientEvent, CLIENT_EXAMPLES, CLIENT_EVENTS),
        (ServerEvent, SERVER_EXAMPLES, SERVER_EVENTS),
    ):
        assert [type(event) for event in examples] == list(models(union))
        for event in examples:
            assert adapter.validate_json(event.model_dump_json()) == event
            assert type_name(type(event)) == event.type
