# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 Two views
#
# **Afterwards you can**
#
# - say what a code can be told by within one picture, and what is left of that across two;
# - write the loss of two views, and train an encoder with it.
#
# **Time** about 20 minutes. **You need** lessons 06 (the local objective) and 08 (training).

# %%
import numpy as np

from dimlearn import build_encoder, check, data
from dimlearn.deep_infomax import HandwritingViews
from dimlearn.pictures import image_grid, show
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## The same, seen twice
#
# The upper row holds eight images. Below each are two **views** of it: the image turned, moved,
# scaled and written by another pen, at random.

# %%
images = data.load(limit=1600)
views = HandwritingViews(seed=run_seed())
shown = tf.constant(images.x_train[:8])
pictures = [np.asarray(part) for part in (shown, views(shown), views(shown))]
show(image_grid(np.concatenate(pictures), columns=8), """Three rows of eight pictures: digits, and
below each the same digit twice, turned, moved and thicker or thinner.""")

# %% [markdown]
# In lesson 06 map and code came from *one* picture. **Predict**: by what can a critic tell there
# which map belongs to a code, without knowing anything of digits? And which of these ways are left
# if the code comes from the middle row and the map from the lowest one?
#
# <details><summary>Ink and place</summary>Where the digit stands, how it leans, how thick the
# stroke is: within one picture all of these belong to map and code alike. Across views they are
# drawn anew for each. What stays is what the image shows. (Bachman et al. 2019 call this AMDIM.)
# </details>
#
# So each code is scored with the map of the *other* view, both ways.
#
# ### Exercise 1: `two_view_loss`, free
#
# *Medium, 8 minutes.* `critic(feature_map, code)` gives scores `[N, N, L]`, and `local_infonce`
# reads them. There are two ways to cross the views. The loss is what is to become small; both ways
# count alike.

# %%
local_infonce = check.yours("local_infonce")


# %% tags=["solution"]
def two_view_loss(map_a, code_a, map_b, code_b, critic):
    """Minus the mean `local_infonce` of each code with the other view's map: a scalar, nats."""
    forth = local_infonce(critic(map_b, code_a))
    back = local_infonce(critic(map_a, code_b))
    return -(forth + back) / 2


# %% tags=["nbval-check-output"]
feedback = check.two_view_loss(two_view_loss)
loss_of = feedback.use
feedback


# %% [markdown]
# A few steps with it, on batches of 64 images:

# %%
class LocalCritic(keras.Model):
    """Products of what a layer makes of each location and another of each code: [N, N, L]."""

    def __init__(self, units=64):
        super().__init__()
        self.of_location, self.of_code = keras.layers.Dense(units), keras.layers.Dense(units)

    def call(self, feature_map, code):
        locations = feature_map.shape[1] * feature_map.shape[2]
        features = tf.reshape(feature_map, [-1, locations, feature_map.shape[3]])
        return tf.einsum("jlu,iu->ijl", self.of_location(features), self.of_code(code)) / 8


# %%
keras.utils.set_random_seed(run_seed())
encoder, critic = build_encoder(images.image_shape, 64), LocalCritic()
critic(*encoder(shown))  # the first call makes the critic's weights
variables = encoder.trainable_variables + critic.trainable_variables
optimizer = keras.optimizers.Adam(1e-3)
optimizer.build(variables)


@tf.function
def step(batch):
    with tf.GradientTape() as tape:
        map_a, code_a = encoder(views(batch), training=True)
        map_b, code_b = encoder(views(batch), training=True)
        loss = loss_of(map_a, code_a, map_b, code_b, critic)
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


# %%
shuffled = tf.data.Dataset.from_tensor_slices(images.x_train).shuffle(1600, seed=run_seed())
batches = shuffled.batch(64, drop_remainder=True).repeat(2)
losses = [float(step(batch)) for batch in batches]
print(f"loss {losses[0]:.2f} at first, {np.mean(losses[-10:]):.2f} in the last ten steps")


# %% [markdown]
# ## What could go wrong
#
# One exchanged letter, and a code is scored with the map of its *own* view. Nothing breaks: the
# loss falls, and faster. What is it now asked to learn?

# %%
def own_view_loss(map_a, code_a, map_b, code_b, critic):
    return -(local_infonce(critic(map_a, code_a)) + local_infonce(critic(map_b, code_b))) / 2


# %% tags=["nbval-check-output"]
check.two_view_loss(own_view_loss)

# %% [markdown]
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. Why are the two views not simply put into one batch of 2N?
#
# <details><summary>It would take too much memory.</summary>It would take more, but that is not the
# reason.</details>
# <details><summary>The other view of an image would be one of its wrong answers.</summary>Right: the
# code would have to tell apart what it should take for the same.</details>
#
# #### 2. Who says that a turned seven is still a seven?
#
# <details><summary>The encoder learns it from the images.</summary>It sees no two images that are
# known to show the same.</details>
# <details><summary>Whoever chose the views.</summary>Right: views are knowledge that plain Deep
# InfoMax has not. A six turned far enough is a nine.</details>
#
# ## In this lesson we saw
#
# - that within one picture place, slant and stroke give the answer away, and across two views they
#   do not;
# - the **loss of two views**: each code with the other view's map, both ways alike.

# %%
check.progress()
