"""How many input pixels one location of the last map sees."""

import itertools
import math

from dimlearn.check.exercise import Exercise

exercise = Exercise(
    meaning="""How many pixels of the image, along one side, one location of the last map sees,
    after the layers `(kernel, stride, padding)`: a whole number, 1 without any layer. Padding does
    not matter.""",
    cases=lambda: [
        ([(5, 2, "valid")],),
        ([(4, 2, "valid"), (4, 2, "valid")],),
        ([(5, 3, "same"), (4, 1, "valid")],),
        ([(3, 1, "same"), (5, 2, "same"), (7, 3, "valid")],),
        ([(4, 2, "same"), (4, 2, "same"), (4, 2, "same")],),
        ([(11, 4, "valid"), (3, 2, "valid"), (5, 1, "same"), (3, 2, "valid")],),
    ],
    extremes=lambda: [([],), ([(1, 3, "valid")],), ([(1, 2, "same"), (3, 1, "same")],)],
    hints="""With one layer it is the kernel. With a second: two neighbouring locations of the first
    map are `stride` pixels apart in the image. How much more does a kernel of 3 see then?

    Keep two numbers: `field`, the pixels seen so far, and `jump`, how far apart neighbouring
    locations are in pixels. Both start at 1. How does a layer change each?

    `field += (kernel - 1) * jump` first, and after it `jump *= stride`.""",
)

@exercise.solution("""A kernel of k covers k neighbouring locations of the map below: k - 1 jumps
    further than one location. The jump, in pixels of the image, grows by the stride of each layer,
    but only for the layers that come after it: that is why the field is enlarged before the
    jump.""")
def receptive_field(layers):
    """Side, in pixels, of what one location of the last map sees: a whole number."""
    field, jump = 1, 1
    for kernel, stride, _ in layers:
        field += (kernel - 1) * jump
        jump *= stride
    return field

def kernels(layers):
    return [kernel for kernel, _, _ in layers]

def strides(layers):
    return [stride for _, stride, _ in layers]

def with_jumps(jumps, layers):
    """The field with other jumps, one for each layer: what most mistakes get wrong."""
    return 1 + sum((kernel - 1) * jump for kernel, jump in zip(kernels(layers), jumps))

@exercise.mistake("""The strides are ignored: every layer adds its kernel as if all strides before
    it were 1. Behind a stride of 2 neighbouring locations are two pixels apart, and each further
    kernel sees twice as far.""")
def strides_ignored(layers):
    return with_jumps(itertools.repeat(1), layers)

@exercise.mistake("""A layer's own stride is counted too early. It spreads the locations for
    the layers *after* it: look at the order of the two steps.""")
def own_stride_counted(layers):
    field, jump = 1, 1
    for kernel, stride, _ in layers:
        jump *= stride
        field += (kernel - 1) * jump
    return field

@exercise.mistake("""Your function adds the whole kernel. One of its locations is the one
    that was there already.""")
def kernel_for_kernel_minus_one(layers):
    return receptive_field([(kernel + 1, stride, padding) for kernel, stride, padding in layers])

@exercise.mistake("""Your function adds the kernels whole. The first window of a layer is
    already counted, and further steps are longer behind a stride.""")
def kernels_added(layers):
    return sum(kernels(layers))

@exercise.mistake("""Each layer is multiplied by its *own* stride. Its steps are as long as
    the strides of the layers *before* it make them.""")
def own_stride_only(layers):
    return with_jumps(strides(layers), layers)

@exercise.mistake("""Your function starts from 0 pixels. Before any layer a location is one
    pixel and sees one.""")
def started_at_zero(layers):
    return receptive_field(layers) - 1

@exercise.mistake("""Your function multiplies the kernels. A field does not grow by factors:
    each layer adds to it.""")
def kernels_multiplied(layers):
    return math.prod(kernels(layers))

@exercise.mistake("""Only the stride of the layer just before counts in your function. How
    far apart locations are depends on *all* strides before.""")
def last_stride_only(layers):
    return with_jumps([1, *strides(layers)], layers)

@exercise.mistake("""The strides are added up where they multiply: a stride of 2 behind a stride
    of 2 makes locations 4 pixels apart.""")
def strides_added(layers):
    field, jump = 1, 1
    for kernel, stride, _ in layers:
        field += (kernel - 1) * jump
        jump += stride - 1
    return field

@exercise.mistake("""Your function gives the distance of neighbouring locations in pixels.
    Asked is how much one location sees.""")
def jump_returned(layers):
    return math.prod(strides(layers))

@exercise.mistake("""Your function gives the kernel of the last layer. That is what it sees of
    the map below, not of the image.""")
def last_kernel_only(layers):
    return layers[-1][0] if layers else 1

@exercise.mistake("""Padding changes your result. It moves the square that a location sees, also
    past the border of the image, but not its size.""")
def padding_subtracted(layers):
    field, jump = 1, 1
    for kernel, stride, padding in layers:
        field += (kernel - 1) * jump if padding == "valid" else 0
        jump *= stride
    return field

@exercise.mistake("""Your function is the recursion that goes from the last layer back to
    the image, but it takes the layers from the first on.""")
def wrong_way_round(layers):
    field = 1
    for kernel, stride, _ in layers:
        field = (field - 1) * stride + kernel
    return field

@exercise.mistake("""Each layer adds its whole kernel times its *own* stride. One location
    of the kernel was there already, and a stride spreads the locations for the layers *after*
    it.""")
def kernel_times_own_stride(layers):
    return 1 + sum(kernel * stride for kernel, stride, _ in layers)

@exercise.mistake("""The strides are added up. How far apart locations are in the image: a
    stride of 2 behind a stride of 2 makes it 4 pixels, one of 3 behind that makes it 12.""")
def strides_added_to_one(layers):
    return with_jumps(itertools.accumulate([1, *strides(layers)]), layers)

@exercise.mistake("""The field is stretched by each layer's stride as it grows. A stride
    does not stretch what has been seen so far; it spreads what the layers *after* it see.""")
def own_stride_in_the_recursion(layers):
    field = 1
    for kernel, stride, _ in layers:
        field = field * stride + kernel - 1
    return field

@exercise.mistake("""Your recursion from the last layer back gives every location a whole
    stride. Behind the last of them only its kernel counts, so between n locations there are n -
    1 strides.""")
def recursion_without_overlap(layers):
    field = 1
    for kernel, stride, _ in reversed(layers):
        field = field * stride + kernel - 1
    return field

@exercise.mistake("""After the first layer each is multiplied by its *own* stride. Its steps
    are as long as the strides of the layers *before* it make them.""")
def own_stride_after_the_first(layers):
    return with_jumps([1, *strides(layers)[1:]], layers)

@exercise.mistake("""Your function starts from 0 and adds whole kernels. That is right for
    one layer; in every further one the first location is counted again.""")
def whole_kernels_from_zero(layers):
    return receptive_field([(kernel + 1, *rest) for kernel, *rest in layers]) - 1

@exercise.mistake("""Only the first layer counts: there is a `return` inside the loop, or no
    loop.""")
def first_layer_only(layers):
    return receptive_field(layers[:1])
