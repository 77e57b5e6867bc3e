"""The Qt-free engine: graphs, layers, analysis, compiler, data and training."""
