"""Rearrangements that `torch.nn` does not have."""

from __future__ import annotations

from torch import Tensor, nn


class Reshape(nn.Module):
    """Lays the values of each sample out in another shape, row by row.

    Args:
        shape: the sizes without the batch axis; one may be −1, for whatever remains.

    Shapes: `[N, …]` to `[N, *shape]`.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        """`x` in the new shape, sharing its memory where that is possible."""
        return x.reshape(x.shape[0], *self.shape)

    def extra_repr(self) -> str:
        """The shape, for `print`."""
        return f"shape={self.shape}"


def crop(x: Tensor, size: tuple[int, int], anchor: str = "center") -> Tensor:
    """Cut a rectangle out of images.

    Args:
        x: images, shape `[…, height, width]`.
        size: height and width of what is kept, in pixels.
        anchor: “center” or “top_left”.

    Returns:
        A view of `x`, shape `[…, *size]`.

    Raises:
        RuntimeError: the images are smaller than `size`.
    """
    height, width = size
    top, left = (0, 0) if anchor == "top_left" else ((x.shape[-2] - height) // 2, (x.shape[-1] - width) // 2)
    return x.narrow(-2, top, height).narrow(-1, left, width)
