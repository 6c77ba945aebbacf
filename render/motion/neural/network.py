"""The network: an audio encoder and a diffusion transformer over motion latents.

One network serves both kinds of chunk: a frame's input is [noisy value | known value | known mask |
noise of the known value]. True times are the positions, as rotations; flow time, and the four
references pooled, modulate all layers through one shared projection (AdaLN-single; Chen et al.,
"PixArt-alpha", 2023). Sound reaches a frame twice: its own tokens and their neighbours are added to
it, and every layer attends to all tokens of the window and to the references.
"""

import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from render.motion.neural.contract import CONTEXT_FRAMES, LOOK_AHEAD, STYLE_SIZE
from render.motion.neural.features import BANDS
from render.motion.neural.latent import LATENT_SIZE, MOUTH_PART
from render.motion.neural.manner import IDENTITY_SIZE, SCENE_SIZE, TEXT_SIZE
from render.motion.neural.teacher import CLASSES

TOKENS_PER_FRAME: Final = 2
REFERENCE_SIZES: Final = (IDENTITY_SIZE, STYLE_SIZE, TEXT_SIZE, SCENE_SIZE)
_NEIGHBOURS: Final = (-2, 2 + TOKENS_PER_FRAME * LOOK_AHEAD)
"""Tokens added to a frame, counted from its first: two before it to the end of the look-ahead."""
_MOUTH: Final = MOUTH_PART.stop


@dataclass(frozen=True, slots=True)
class NetworkShape:
    """Sizes of the network."""

    width: int = 192
    layers: int = 6
    heads: int = 4
    audio_width: int = 192
    audio_blocks: int = 6


class Block(nn.Module):
    """A residual block of the encoder: depthwise in time, then across channels (ConvNeXt)."""

    def __init__(self, width: int, kernel: int = 7) -> None:
        super().__init__()
        self.time = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 2 * width)
        self.down = nn.Linear(2 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(B, A, width) to the same."""
        mixed = self.time(x.transpose(1, 2)).transpose(1, 2)
        out: Tensor = x + self.down(functional.gelu(self.up(self.norm(mixed)), approximate="tanh"))
        return out


class AudioEncoder(nn.Module):
    """Mel bands at 100 Hz to tokens at 50 Hz.

    Convolutions look both ways, but only within the window they are given, which ends where the
    look-ahead does: nothing is heard before it sounds.
    """

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        width = shape.audio_width
        self.stem = nn.Conv1d(BANDS, width, 3, padding=1)
        self.halve = nn.Conv1d(width, width, 4, stride=2, padding=1)
        self.blocks = nn.ModuleList(Block(width) for _ in range(shape.audio_blocks))
        self.norm = nn.LayerNorm(width)
        self.visemes = nn.Linear(width, len(CLASSES))
        self.mouth = nn.Linear(TOKENS_PER_FRAME * width, _MOUTH)

    def forward(self, mels: Tensor) -> Tensor:
        """(B, 2 A, BANDS) to (B, A, audio_width)."""
        x = functional.gelu(self.stem(mels.transpose(1, 2)), approximate="tanh")
        x = self.halve(x).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.norm(x)
        return out

    def guess(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """The auxiliary tasks, for training: viseme scores per token, the mouth per frame."""
        batch, count, width = tokens.shape
        pairs = tokens.reshape(batch, count // TOKENS_PER_FRAME, TOKENS_PER_FRAME * width)
        return self.visemes(tokens), self.mouth(pairs)


def rotations(times: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines (..., 1, size / 2) of positions (...) in frames."""
    rates = torch.exp(torch.arange(0, size, 2, device=times.device) * (-math.log(200.0) / size))
    angles = times[..., None, :, None].float() * rates
    return torch.cos(angles), torch.sin(angles)


def rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotates (B, heads, T, size) by its positions (rotary embedding; Su et al., 2021)."""
    cos, sin = (part.to(x.dtype) for part in turn)
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)


Remembered = tuple[Tensor, Tensor]
"""Keys and values (B, heads, S, size) of an attention's source."""


class Attention(nn.Module):
    """Attention of frames to frames, or of frames to sound and references."""

    def __init__(self, width: int, source: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.both = nn.Linear(source, 2 * width)
        self.out = nn.Linear(width, width)

    def remember(self, source: Tensor, of: tuple[Tensor, Tensor]) -> Remembered:
        """Returns keys and values of source (B, S, source), with its rotations."""
        key, value = self.both(source).chunk(2, dim=-1)
        return rotate(self._split(key), of), self._split(value)

    def forward(self, x: Tensor, source: Remembered, at: tuple[Tensor, Tensor]) -> Tensor:
        """Attends from x (B, T, width), with its rotations, to what was remembered."""
        query = rotate(self._split(self.query(x)), at)
        mixed = functional.scaled_dot_product_attention(query, *source)
        out: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return out

    def _split(self, x: Tensor) -> Tensor:
        batch, count, width = x.shape
        return x.reshape(batch, count, self.heads, width // self.heads).transpose(1, 2)


class TransformerLayer(nn.Module):
    """A transformer layer: frames, sound, feed-forward; scaled, shifted and gated from outside."""

    def __init__(self, shape: NetworkShape) -> None:
        super().__init__()
        width = shape.width
        self.norms = nn.ModuleList(nn.LayerNorm(width, elementwise_affine=False) for _ in "abc")
        self.frames = Attention(width, width, shape.heads)
        self.sound = Attention(width, width, shape.heads)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)
        self.table = nn.Parameter(torch.randn(9, width) * width**-0.5)

    def forward(
        self, x: Tensor, memory: Remembered, turn: tuple[Tensor, Tensor], pulse: Tensor
    ) -> Tensor:
        """(B, T, width) to the same; `turn` is of the frames, `pulse` is (B, 9, width)."""
        parts = (self.table + pulse).unsqueeze(2).unbind(1)
        y = self.norms[0](x) * (1 + parts[0]) + parts[1]
        x = x + parts[2] * self.frames(y, self.frames.remember(y, turn), turn)
        y = self.norms[1](x) * (1 + parts[3]) + parts[4]
        x = x + parts[5] * self.sound(y, memory, turn)
        y = self.norms[2](x) * (1 + parts[6]) + parts[7]
        y = self.down(functional.gelu(self.up(y), approximate="tanh"))
        out: Tensor = x + parts[8] * y
        return out


@dataclass(frozen=True, slots=True)
class HeardSound:
    """What does not change from step to step of the sampler.

    Attributes:
        memory: What each layer attends to: audio tokens and, behind them, the references.
        frames: (B, T, width) the sound of every frame.
        turn: Rotations of the frames.
        pooled: (B, width) the references.
    """

    memory: tuple[Remembered, ...]
    frames: Tensor
    turn: tuple[Tensor, Tensor]
    pooled: Tensor


class MotionNetwork(nn.Module):
    """Sound, references and noise to motion latents: the end of the flow, guessed from anywhere."""

    def __init__(self, shape: NetworkShape | None = None) -> None:
        super().__init__()
        self.shape = shape = shape or NetworkShape()
        width, audio = shape.width, shape.audio_width
        self.encoder = AudioEncoder(shape)
        self.silence = nn.Parameter(torch.zeros(audio))
        self.to_memory = nn.Linear(audio, width)
        self.to_frames = nn.Linear((_NEIGHBOURS[1] - _NEIGHBOURS[0]) * audio, width)
        self.references = nn.ModuleList(nn.Linear(size, width) for size in REFERENCE_SIZES)
        self.nothing = nn.Parameter(torch.randn(len(REFERENCE_SIZES), width) * 0.02)
        self.enter = nn.Linear(2 * LATENT_SIZE + 2, width)
        self.clock = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
        self.pulse = nn.Linear(width, 9 * width)
        self.layers = nn.ModuleList(TransformerLayer(shape) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.leave = nn.Linear(width, LATENT_SIZE)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)
        nn.init.zeros_(self.pulse.weight)
        nn.init.zeros_(self.pulse.bias)

    def encode_mels(self, mels: Tensor, deaf: Tensor | None = None) -> Tensor:
        """Returns audio tokens (B, A, audio_width) of mels (B, 2 A, BANDS).

        Args:
            mels: As `features.log_mels` gives them, from the beginning of the context.
            deaf: (B,) bool, where the sound is withheld.
        """
        tokens: Tensor = self.encoder(mels)
        if deaf is not None:
            tokens = torch.where(deaf[:, None, None], self.silence, tokens)
        return tokens

    def listen(
        self, tokens: Tensor, times: Tensor, references: list[Tensor], given: Tensor
    ) -> HeardSound:
        """Prepares everything that the steps of a sampler share.

        Args:
            tokens: Of `encode`.
            times: (T,) offsets of the frames, in frames.
            references: Four of (B, size).
            given: (B, 4) bool, which of them are not the null.
        """
        size = self.shape.width // self.shape.heads
        offsets = torch.arange(*_NEIGHBOURS, device=tokens.device)
        own = ((times + CONTEXT_FRAMES) * TOKENS_PER_FRAME).round().long()
        near = tokens[:, own[:, None] + offsets].flatten(2)
        marks = torch.stack(
            [layer(value) for layer, value in zip(self.references, references, strict=True)], dim=1
        )
        marks = torch.where(given[..., None], marks, self.nothing.to(marks.dtype))
        middles = (torch.arange(tokens.shape[1], device=tokens.device) + 0.5) / TOKENS_PER_FRAME
        places = torch.cat([middles - CONTEXT_FRAMES - 0.5, times.new_zeros(marks.shape[1])])
        source, turn = torch.cat([self.to_memory(tokens), marks], dim=1), rotations(places, size)
        memory = tuple(layer.sound.remember(source, turn) for layer in self._layers())
        return HeardSound(memory, self.to_frames(near), rotations(times, size), marks.mean(dim=1))

    def _layers(self) -> list[TransformerLayer]:
        return [layer for layer in self.layers if isinstance(layer, TransformerLayer)]

    def forward(
        self,
        noisy: Tensor,
        known: Tensor,
        mask: Tensor,
        sigma: Tensor,
        time: Tensor,
        heard: HeardSound,
    ) -> Tensor:
        """Returns what the data seem to be (B, T, LATENT_SIZE); see `sampling.velocity`.

        Args:
            noisy: (B, T, LATENT_SIZE) normalised, at flow time `time`.
            known: (B, T, LATENT_SIZE) normalised; zeros where unknown.
            mask: (B, T) 1 where known.
            sigma: (B, T) how noisy the known values are.
            time: (B,) in [0, 1], 1 is noise.
            heard: Of `listen`.
        """
        marks = torch.stack([mask, sigma], dim=-1)
        x = self.enter(torch.cat([noisy, known, marks], dim=-1)) + heard.frames
        moment = self.clock(_waves(time, self.shape.width).to(x.dtype)) + heard.pooled
        pulse = self.pulse(functional.silu(moment)).unflatten(1, (9, -1))
        for layer, memory in zip(self._layers(), heard.memory, strict=True):
            x = layer(x, memory, heard.turn, pulse)
        out: Tensor = self.leave(self.norm(x))
        return out


def _waves(time: Tensor, width: int) -> Tensor:
    """(B, width) sinusoids of flow time."""
    rates = torch.exp(torch.linspace(0.0, math.log(1000.0), width // 2, device=time.device))
    angles = time[:, None].float() * rates
    return torch.cat([torch.cos(angles), torch.sin(angles)], dim=1)
