"""Names that a layer cannot have, because PyTorch modules or the code generated for them use them."""

from __future__ import annotations

RESERVED: frozenset[str] = frozenset(
    """
    T_destination add_module add_submodule apply bfloat16 buffers call_super_init children code compile cpu cuda
    delete_all_unused_submodules delete_submodule double dump_patches eval extra_repr float forward get_buffer
    get_extra_state get_parameter get_submodule graph half ipu load_state_dict meta modules mtia named_buffers
    named_children named_modules named_parameters parameters print_readable recompile register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
    register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    self set_extra_state set_submodule shape_env share_memory state_dict to to_empty to_folder torch train training type
    xpu zero_grad
    """.split()
)
"""The public attributes of `torch.nn.Module` and `torch.fx.GraphModule`, which a test compares with PyTorch's;
`self`; and `torch`, since an argument of that name would hide the library from the generated code."""
