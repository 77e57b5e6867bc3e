"""The library of blocks: what networks are made of, ready to be placed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.graph.blocks import BlockDefinition
from engine.zoo.concat_blocks import DENSE_BLOCK, DENSE_LAYER, FIRE, INCEPTION, INCEPTION_AUX, TRANSITION
from engine.zoo.convolution_blocks import (
    CONV_NORM_ACT,
    DEPTHWISE_LINEAR,
    DEPTHWISE_SEPARABLE,
    DOUBLE_CONV,
    INVERTED_BOTTLENECK,
    INVERTED_RESIDUAL,
    SQUEEZE_EXCITATION,
)
from engine.zoo.residual_blocks import BASIC_BLOCK, BOTTLENECK, PLAIN_BLOCK, SE_BOTTLENECK
from engine.zoo.sketch import LibraryBlock
from engine.zoo.transformer_blocks import MLP, TRANSFORMER_ENCODER_BLOCK

_BLOCKS: dict[str, LibraryBlock] = {
    block.name: block
    for block in (
        CONV_NORM_ACT,
        DOUBLE_CONV,
        BASIC_BLOCK,
        BOTTLENECK,
        PLAIN_BLOCK,
        SE_BOTTLENECK,
        SQUEEZE_EXCITATION,
        INCEPTION,
        INCEPTION_AUX,
        FIRE,
        DENSE_LAYER,
        DENSE_BLOCK,
        TRANSITION,
        DEPTHWISE_SEPARABLE,
        DEPTHWISE_LINEAR,
        INVERTED_BOTTLENECK,
        INVERTED_RESIDUAL,
        MLP,
        TRANSFORMER_ENCODER_BLOCK,
    )
}


class _Library(Mapping[str, BlockDefinition]):
    """Draws a block when it is first looked up, so that starting the app costs nothing."""

    def __getitem__(self, name: str) -> BlockDefinition:
        return _BLOCKS[name].definition

    def __iter__(self) -> Iterator[str]:
        return iter(_BLOCKS)

    def __len__(self) -> int:
        return len(_BLOCKS)


LIBRARY: Mapping[str, BlockDefinition] = _Library()
"""Every block of the library by its name, in the order of the palette."""


def needed(name: str) -> tuple[BlockDefinition, ...]:
    """The block `name` of the library and all blocks inside it, innermost first.

    Raises:
        KeyError: the library has no such block.
    """
    return _BLOCKS[name].needed
