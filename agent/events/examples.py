"""One example of every event, for the protocol's page."""

from agent import events as e

SDP = "v=0\r\no=- 3 2 IN IP4 0.0.0.0\r\n"

CLIENT_EXAMPLES: tuple[e.ClientEvent, ...] = (
    e.OfferEvent(id=1, at_ms=812.4, sdp=SDP, presentation="motion", can_draw=True),
    e.SetPresentationEvent(id=2, at_ms=5_210.0, presentation="audio", reason="asked"),
    e.TextEvent(id=3, at_ms=7_001.5, text="When do you open?", request="q7"),
    e.SpeakEvent(id=4, at_ms=9_412.0, text="[happy:0.5] Welcome!", request="s1"),
    e.InterruptEvent(id=5, at_ms=10_020.3),
    e.SetSpeedEvent(id=6, at_ms=10_800.0, speed=0.9),
    e.MicrophoneEvent(id=7, at_ms=11_300.0, enabled=False),
    e.PushToTalkEvent(id=8, at_ms=12_004.0, pressed=True),
    e.PingEvent(id=9, at_ms=13_000.0),
    e.DisplayedEvent(
        id=10,
        at_ms=13_518.2,
        watch=2,
        pts=341,
        clock_offset_ms=98_311.7,
        clock_uncertainty_ms=0.8,
    ),
    e.SetEmotionEvent(id=11, at_ms=14_000.0, emotion="happy", intensity=0.6),
    e.GestureEvent(id=12, at_ms=14_500.0, name="nod"),
    e.LookAtEvent(id=13, at_ms=15_000.0, x=-0.4, y=0.1, seconds=1.5),
    e.SetVariablesEvent(id=14, at_ms=15_500.0, variables={"customer": "Ada"}),
    e.RegisterToolsEvent(
        id=15,
        at_ms=16_000.0,
        tools=[
            e.ToolDeclaration(
                name="open_page",
                description="Shows a page of the shop.",
                parameters={"type": "object", "properties": {"page": {"type": "string"}}},
            )
        ],
    ),
    e.ToolResultEvent(id=16, at_ms=18_200.0, call="call_1", result="The page is open."),
    e.GoodbyeEvent(id=17, at_ms=60_000.0),
)

SERVER_EXAMPLES: tuple[e.ServerEvent, ...] = (
    e.HelloEvent(
        id=1,
        at_ms=98_400.0,
        session="5586ab0842f8ca78",
        persona="vera",
        name="Vera",
        avatar="vera",
        greeting="Hello, I am Vera.",
        disclosure="Vera is a computer program; her face and voice are generated.",
        language="en",
        ice_servers=[],
        questions=["What can you do?"],
    ),
    e.AnswerEvent(id=2, at_ms=98_520.0, sdp=SDP, video_origin=3_213_003, audio_origin=77_120),
    e.PresentationEvent(id=3, at_ms=99_000.0, presentation="motion", reason="network"),
    e.StateEvent(id=4, at_ms=99_310.0, state="listening"),
    e.UserTranscriptEvent(id=5, at_ms=101_200.0, turn=1, text="When do you open?", final=True),
    e.AgentTranscriptEvent(
        id=6, at_ms=101_500.0, turn=1, text="We open at nine.", final=True, request="q7"
    ),
    e.CaptionEvent(
        id=7,
        at_ms=101_520.0,
        turn=1,
        words=[e.TimedWord(text="We", pts=338, end=341), e.TimedWord(text="open", pts=342)],
    ),
    e.WatchEvent(id=8, at_ms=101_525.0, watch=2, pts=341, what="lips"),
    e.TurnEvent(
        id=9,
        at_ms=101_700.0,
        turn=1,
        voice_to_voice_ms=396.0,
        layers=[e.LayerShare(name="endpointing", ms=230.0), e.LayerShare(name="voice", ms=166.0)],
        clock_offset_ms=98_311.7,
        clock_uncertainty_ms=0.8,
    ),
    e.BudgetEvent(id=10, at_ms=101_700.0, turn=1, layer="voice", ms=166.0, budget_ms=150.0),
    e.DrivingEvent(id=11, at_ms=104_000.0, state="following"),
    e.SeenEvent(id=12, at_ms=104_040.0, picture=25, face=True, pts=402),
    e.ToolCallEvent(
        id=13, at_ms=106_000.0, call="call_1", name="open_page", arguments={"page": "tickets"}
    ),
    e.PongEvent(id=14, at_ms=107_000.0, ping=9),
    e.ErrorEvent(
        id=15,
        at_ms=108_000.0,
        code="rate_limited",
        message="That was often enough for now; please wait a minute.",
        retry_after=40,
    ),
    e.ClosingEvent(id=16, at_ms=158_000.0, reason="goodbye"),
)
