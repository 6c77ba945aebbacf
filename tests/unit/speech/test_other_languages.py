"""The phones that voices of other languages write: each has a mouth of its own."""

import pytest

from agent.speech.voices.timing import spans
from render.motion.visemes import UNKNOWN, articulation

SAID = {
    "de": "ɡˈuːtən tˈɑːk ɪç mˈœçtə fˈʏnftseːn ˈɛpfəl ʊnt tsvˈaɪ bˈyːçɜ pfˈeːɾdə ʃˈøːnə ɡrˈyːsə rˌɛstoːrˈɑ̃",  # noqa: E501
    "es": "ˈola kjˈeɾo θˈinko manθˈanas maɲˈana ʎuˈeβe ɡitˈara ˈixo kˈaʎe",
    "fr": "bɔ̃ʒˈuʁ vudʁˈɛz œ̃ vˈɛ̃ blˈɑ̃ yn ɡʁənˈuj yˈit wazˈo sˈœʁ pˈø",
    "it": "bʊondʒˈɔɾno ʎɪ ɲˈokːɪ dzˈupːa ʃiʲˈare",
    "pt": "bˈõn dˈiʲɐ nˈɐ̃ʊ̃ kˌuɾɐsˈɐ̃ʊ̃ ʎɨ mɐ̃ɲˈɐ̃",
    "nl": "ɣˈudəmˌɔrɣən hət hˈœys lˈøːk sxˈɪp",
    "pl": "dʑˈɛɲ dˈɔbrɨ ʒˈɨtɕɛ tɕˈɔ̃ʒa xlˈɛp",
}  # as espeak-ng writes them


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_every_phone_has_a_mouth(said: str) -> None:
    phones = spans([(symbol, 0.05) for symbol in said], {}, frozenset())
    voiced = [span for span in phones if span.group >= 0]
    assert len({span.group for span in voiced}) == len(said.split())
    for span in voiced:
        visemes = articulation(span.symbol).visemes
        assert visemes
        assert "rest" not in visemes
        assert visemes != UNKNOWN or "ə" in span.symbol, span.symbol
