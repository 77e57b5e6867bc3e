"""How convolutions are drawn and what they are compared with; `conftest.py` says what the tables mean."""

from __future__ import annotations

from torch import nn


def make_groups_divide(params, shapes):
    """Channels and filters that can be divided into groups."""
    groups = params["groups"] = min(params["groups"], 3)
    params["out_channels"] = groups * max(1, params["out_channels"] // groups)
    shapes[0] = (groups * max(1, shapes[0][0] // groups), *shapes[0][1:])


def make_convolution_work(draw, params, shapes):
    """Groups that divide, and padding that can be made."""
    make_groups_divide(params, shapes)
    make_same_work(draw, params, shapes)


def make_same_work(draw, params, shapes):
    """“Keep size” mostly with stride 1, padding mostly small enough to be mirrored."""
    if params["same"]:
        params["stride"] = 1 if isinstance(params["stride"], int) else (1,) * len(params["stride"])
    smallest = min(shapes[0][1:])
    if isinstance(params["padding"], int):
        params["padding"] = min(params["padding"], smallest)
    else:
        params["padding"] = tuple(min(number, smallest) for number in params["padding"])


def make_transposed_work(draw, params, shapes):
    """Output padding below the stride or the dilation, and groups that divide."""
    make_groups_divide(params, shapes)
    names = ("output_padding", "stride", "dilation")
    if isinstance(params["stride"], int):
        params["output_padding"] = min(params["output_padding"], max(params["stride"], params["dilation"]) - 1)
        return
    params["output_padding"] = tuple(
        min(extra, max(stride, dilation) - 1)
        for extra, stride, dilation in zip(*(params[name] for name in names), strict=True)
    )


def make_channels_square(draw, params, shapes):
    """A number of channels that fills blocks."""
    factor = params["upscale_factor"] = min(params["upscale_factor"], 3)
    shapes[0] = (factor**2 * min(shapes[0][0], 3), *shapes[0][1:])


def make_sizes_divide(draw, params, shapes):
    """Images that fall into whole blocks."""
    factor = params["downscale_factor"]
    shapes[0] = (shapes[0][0], *(factor * size for size in shapes[0][1:]))


def convolution(kind):
    return lambda shapes, p: kind(
        shapes[0][0],
        p["out_channels"],
        p["kernel_size"],
        p["stride"],
        "same" if p["same"] else p["padding"],
        p["dilation"],
        p["groups"],
        p["bias"],
        p["padding_mode"],
    )


def depthwise(shapes, p):
    channels = shapes[0][0]
    return nn.Conv2d(
        channels,
        p["multiplier"] * channels,
        p["kernel_size"],
        p["stride"],
        "same" if p["same"] else p["padding"],
        p["dilation"],
        channels,
        p["bias"],
        p["padding_mode"],
    )


def transposed(kind):
    return lambda shapes, p: kind(
        shapes[0][0],
        p["out_channels"],
        p["kernel_size"],
        p["stride"],
        p["padding"],
        p["output_padding"],
        p["groups"],
        p["bias"],
        p["dilation"],
    )


def upsample(shapes, p):
    smooth = p["mode"] != "nearest"
    return nn.Upsample(None, p["scale_factor"], p["mode"], p["align_corners"] if smooth else None)


def nothing_is_left(shapes, p):
    """Whether a transposed convolution, whose padding cuts off, gives an image without pixels; PyTorch goes along."""
    names = ("stride", "padding", "dilation", "kernel_size", "output_padding")
    columns = [(value,) if isinstance(value, int) else value for value in (p[name] for name in names)]
    return any(
        (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1 == 0
        for size, stride, padding, dilation, kernel, extra in zip(shapes[0][1:], *columns, strict=True)
    )


STRICTER = dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), nothing_is_left)
ADJUST = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), make_convolution_work),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), make_transposed_work),
    "depthwise_conv2d": make_same_work,
    "pixel_shuffle": make_channels_square,
    "pixel_unshuffle": make_sizes_divide,
}
HAND_WRITTEN = {
    "conv1d": convolution(nn.Conv1d),
    "conv2d": convolution(nn.Conv2d),
    "conv3d": convolution(nn.Conv3d),
    "depthwise_conv2d": depthwise,
    "conv_transpose1d": transposed(nn.ConvTranspose1d),
    "conv_transpose2d": transposed(nn.ConvTranspose2d),
    "conv_transpose3d": transposed(nn.ConvTranspose3d),
    "upsample": upsample,
    "pixel_shuffle": lambda shapes, p: nn.PixelShuffle(p["upscale_factor"]),
    "pixel_unshuffle": lambda shapes, p: nn.PixelUnshuffle(p["downscale_factor"]),
}
