"""The Keras layers that a model file may hold, and those of them that are measured in a way of their own."""

MODELS = ("Sequential", "Functional")
TIME_DISTRIBUTED = "TimeDistributed"
RECURRENT = ("LSTM", "GRU", "SimpleRNN", "Bidirectional")
ATTENTION = "MultiHeadAttention"
POOLING = ("MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D")
LAYERS = frozenset(
    {
        *MODELS,
        *RECURRENT,
        TIME_DISTRIBUTED,
        ATTENTION,
        *("InputLayer", "Dense", "Embedding", "Activation", "Identity", "Masking", "ActivityRegularization"),
        *("ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
        *("Conv1D", "Conv2D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D"),
        *("Conv1DTranspose", "Conv2DTranspose"),
        *POOLING,
        *("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalAveragePooling1D", "GlobalAveragePooling2D"),
        *("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization", "RMSNormalization"),
        *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise"),
        *("Flatten", "Reshape", "Permute", "RepeatVector", "Cropping1D", "Cropping2D"),
        *("UpSampling1D", "UpSampling2D", "ZeroPadding1D", "ZeroPadding2D"),
        *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"),
        *("Rescaling", "Normalization", "Resizing", "CenterCrop"),
        *("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast"),
    }
)
"""The Keras layers that are loaded: each computes its output shape by arithmetic, and is not much larger inside."""
