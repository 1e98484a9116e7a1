"""Images to learn from: bundled handwriting, three well-known sets, and your own arrays.

    images = data.load()                               # bundled handwriting, no download
    images = data.load("mnist", download=True)         # also fashion_mnist, cifar10
    images = data.load("my_images.npz")                # x_train, y_train, x_test, y_test
    images = data.load("my_pictures")                  # a folder with a sub-folder for each class
    images = data.from_arrays(x_train, y_train, x_test, y_test)
    pictures = data.load_pictures("holiday")           # a folder of pictures, without labels

This room brings images in, checks them and cuts them into batches. It knows nothing of encoders
or of information. It may import `errors`, `startup` and `files`, and no other room.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "batches": ["full_batches"],
        "folders": ["Pictures", "load_pictures"],
        "images": ["NAMES", "Dataset", "check_images", "from_arrays", "load"],
    },
)
