"""The loss of two views of every image, each code paired with the other view's map."""

import numpy as np

from dimlearn.check import shared
from dimlearn.check.exercise import Exercise
from dimlearn.check.inputs import maps_and_codes
from dimlearn.check.models import FixedLocalCritic
from dimlearn.information.bounds import (
    infonce_bound,
    local_infonce,
    local_infonce_codes,
    local_jsd,
)
from dimlearn.startup import tf


def two_views(*sizes):
    """Map and code of two views that resemble each other, and a critic, for each of the sizes."""
    found = []
    for n, m, c, d in sizes:
        ((map_a, code_a), (map_b, code_b)) = maps_and_codes((n, m, c, d), (n, m, c, d), seed=1)
        ((other_map, other_code),) = maps_and_codes((n, m, c, d), seed=2)
        views = map_a, code_a, np.round(0.6 * map_b + other_map, 2), code_b - 0.5 * other_code
        found.append((*views, FixedLocalCritic(c, d)))
    return found

exercise = Exercise(
    meaning="""The loss, to be minimised, of two views of the same images. Each code is scored with
    the map of the *other* view: two score tensors `[N, N, L]`, of code a with map b and of code b
    with map a. The loss is minus the mean of their two `local_infonce`. `critic(feature_map,
    code)` gives scores.""",
    cases=lambda: two_views((2, 2, 2, 3), (3, 2, 3, 2), (5, 3, 2, 4)),
    extremes=lambda: two_views((9, 2, 3, 5), (6, 1, 3, 2)),
    differentiable=True,
    shapes={"code_a": "ND"},
    hints="""Two views of one image differ in place, size and stroke, and share what they show. With
    which map can a code not be matched by place and stroke alone?

    With that of the other view. There are two such pairs of a code and a map, and the critic takes
    the map first.

    `-(local_infonce(critic(map_b, code_a)) + local_infonce(critic(map_a, code_b))) / 2`.""",
)

@exercise.solution("""Within one view a code can be told by whatever the view has done: where the
    digit stands, how thick the stroke is. Across views that is of no use, and what remains is what
    the image shows. Both directions count alike, so neither view is special; each tensor has its
    own softmax, with N images in it, since the other view of an image is no wrong answer.""")
def two_view_loss(map_a, code_a, map_b, code_b, critic):
    """Minus the mean local InfoNCE of the two crossed pairs: a scalar, nats."""
    forth = local_infonce(critic(map_b, code_a))
    back = local_infonce(critic(map_a, code_b))
    return -(forth + back) / 2

def crossed(map_a, code_a, map_b, code_b, critic, read=local_infonce):
    """Minus the mean of another reading of the scores."""
    return -(read(critic(map_b, code_a)) + read(critic(map_a, code_b))) / 2

exercise.share(
    shared.sign_flipped,
    sign_flipped="""Your function gives what is to become large. A loss is to become small.""",
)

@exercise.mistake("""Each code is scored with the map of its own view. There it can be told by what
    the view has done to the image, and nothing is learnt from there being two.""")
def same_view(map_a, code_a, map_b, code_b, critic):
    return crossed(map_b, code_a, map_a, code_b, critic)

@exercise.mistake("""Only the code of view a is asked. Both directions count: the loss has a second
    score tensor.""")
def code_a_alone(map_a, code_a, map_b, code_b, critic):
    return -local_infonce(critic(map_b, code_a))

@exercise.mistake("""Only the code of view b is asked. Both directions count: the loss has a second
    score tensor.""")
def code_b_alone(map_a, code_a, map_b, code_b, critic):
    return -local_infonce(critic(map_a, code_b))

@exercise.mistake("""The two directions are added. Asked are the nats of *one* question.""")
def summed(*args):
    return 2 * two_view_loss(*args)

@exercise.mistake("""All four pairs of a code and a map are in it. Those within one view are the
    easy ones, which two views are to do away with.""")
def all_four(map_a, code_a, map_b, code_b, critic):
    views = map_a, code_a, map_b, code_b, critic
    return (two_view_loss(*views) + same_view(*views)) / 2

@exercise.mistake("""Both views are put into one batch of 2N. Then the other view of an image is one
    of its wrong answers, and the code has to tell apart what it should not.""")
def one_batch(map_a, code_a, map_b, code_b, critic):
    maps, codes = tf.concat([map_b, map_a], axis=0), tf.concat([code_a, code_b], axis=0)
    return -local_infonce(critic(maps, codes))

@exercise.mistake("""The two score tensors are averaged, and `local_infonce` reads the mean of them.
    Each is to be read by itself: its softmax is of one code's scores.""")
def scores_averaged(map_a, code_a, map_b, code_b, critic):
    return -local_infonce((critic(map_b, code_a) + critic(map_a, code_b)) / 2)

@exercise.mistake("""Maps and codes are averaged over the two views before they are scored. That is
    one blurred view, not two.""")
def views_averaged(map_a, code_a, map_b, code_b, critic):
    return -local_infonce(critic((map_a + map_b) / 2, (code_a + code_b) / 2))

@exercise.mistake("""The scores are read by JSD. Asked is `local_infonce`.""")
def jsd(*args):
    return crossed(*args, read=local_jsd)

@exercise.mistake("""The softmax runs over the codes. In `local_infonce` a code is asked which
    location is of its image, not the other way round.""")
def over_the_codes(*args):
    return crossed(*args, read=local_infonce_codes)

@exercise.mistake("""The scores are averaged over the locations before they are read. Each location
    is a question of its own.""")
def locations_averaged(*args):
    return crossed(*args, read=lambda scores: infonce_bound(tf.reduce_mean(scores, axis=2)))

@exercise.mistake("""Your score tensors have code and image exchanged before they are read. The
    critic gives them as `local_infonce` takes them.""")
def transposed(*args):
    return crossed(*args, read=lambda scores: local_infonce(tf.transpose(scores, [1, 0, 2])))

@exercise.mistake("""A code stands where the critic takes a map, and a map where it takes a
    code.""")
def critic_arguments_exchanged(map_a, code_a, map_b, code_b, critic):
    return two_view_loss(map_a, code_a, map_b, code_b, lambda *pair: critic(*pair[::-1]))

@exercise.mistake("""The worse of the two directions is taken. The loss is their mean.""")
def worse_one(map_a, code_a, map_b, code_b, critic):
    both = local_infonce(critic(map_b, code_a)), local_infonce(critic(map_a, code_b))
    return -tf.minimum(*both)

@exercise.mistake("""One direction is taken off the other: what the two views share would not
    count. Both are to become large.""")
def difference(map_a, code_a, map_b, code_b, critic):
    return (local_infonce(critic(map_a, code_b)) - local_infonce(critic(map_b, code_a))) / 2

@exercise.mistake("""No gradient reaches the maps. Both sides of a pair learn here: the same encoder
    gives them.""")
def maps_without_gradient(map_a, code_a, map_b, code_b, critic):
    return crossed(tf.stop_gradient(map_a), code_a, tf.stop_gradient(map_b), code_b, critic)

@exercise.mistake("""No gradient reaches the codes. Both sides of a pair learn here: the same
    encoder gives them.""")
def codes_without_gradient(map_a, code_a, map_b, code_b, critic):
    return crossed(map_a, tf.stop_gradient(code_a), map_b, tf.stop_gradient(code_b), critic)

@exercise.mistake("""One view is held still: no gradient reaches its map and its code. The views are
    alike, and both teach the encoder.""")
def view_b_without_gradient(map_a, code_a, map_b, code_b, critic):
    return crossed(map_a, code_a, tf.stop_gradient(map_b), tf.stop_gradient(code_b), critic)

exercise.share(shared.numpy_inside, shared.numpy_on_the_way)
