# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 Two views, and your own images
#
# **Afterwards you can**
#
# - train an encoder across two random pictures of every image, and say what the second one changes;
# - make an encoder from a folder of your own images, and report honestly what it is worth;
# - say what to try when Deep InfoMax shows no gain, and what a published table leaves open.
#
# **Time** two sittings of about 37 and 27 minutes. **You need** lessons 06 (the local objective), 08 (training) and 09
# (paired differences).

# %%
import tempfile
from pathlib import Path

import numpy as np
from scipy.spatial.distance import pdist
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from dimlearn import check, data
from dimlearn.course import recorded
from dimlearn.deep_infomax import HandwritingViews, settle
from dimlearn.evaluation import encode
from dimlearn.pictures import curves, image_grid, judging, objectives, show, two_views
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# Nearly everything that runs here is yours, from the lessons before. Where one is missing, ours
# stands in.

# %%
build_encoder = check.yours("build_encoder")
local_scores = check.yours("local_scores")
local_infonce = check.yours("local_infonce")
standardize = check.yours("standardize")
few_labels = check.yours("few_labels")
paired_difference = check.yours("paired_difference")
accuracy_interval = check.yours("accuracy_interval")


# %% [markdown]
# ## The same, seen twice
#
# The images are those of the other lessons, at half their size: two by two pixels become one. A
# training step then costs far less, and digits stay digits.

# %%
def halved(x):
    """Images `[N, H, W, channels]`, each two by two pixels their mean."""
    height, width = x.shape[1] // 2, x.shape[2] // 2
    return x.reshape(len(x), height, 2, width, 2, -1).mean(axis=(2, 4))


images = data.load(limit=3000)
x_train, x_other, x_test = map(halved, (images.x_train, images.x_validation, images.x_test[:2160]))
y_train, y_test = images.y_train, images.y_test[:2160]
print(x_train.shape)

# %% [markdown]
# The upper row holds eight images. Below each are two **views** of it: the image turned, sheared,
# scaled and moved, and written by a wider or a finer pen, all at random.

# %%
views = HandwritingViews(seed=run_seed())
batch = x_train[:64]
view_a, view_b = np.asarray(views(batch)), np.asarray(views(batch))
rows = np.concatenate([batch[:8], view_a[:8], view_b[:8]])
show(image_grid(rows, columns=8), """Three rows of eight pictures: digits, and below each the same
digit twice, turned, moved and thicker or thinner.""")


# %% [markdown]
# In lesson 06 code and map came from *one* picture, and the critic had to say which of them belong
# together. **Predict**: could it do so without knowing anything of digits? By what?
#
# Let us try with three numbers a picture that know nothing of shapes: the column and the row of the
# middle of the ink, and how much ink there is.

# %%
def place_and_ink(pictures):
    """Of each picture the column and row of the middle of its ink, and the ink: `[N, 3]`."""
    ink = pictures.sum(axis=(1, 2, 3))
    across = pictures.sum(axis=(1, 3)) @ np.arange(pictures.shape[2]) / ink
    down = pictures.sum(axis=(2, 3)) @ np.arange(pictures.shape[1]) / ink
    return np.stack([across, down, ink], axis=1)


# %% [markdown]
# One half of the pixels plays the code, the other half the map: we take every second line of the
# picture, and the lines between. No pixel is in both. For each half we look for the nearest among 64
# other halves, in 20 batches.

# %%
def partners_found(first, second):
    """The share of halves whose nearest of 64, by place and ink, is their own other half."""
    halves = place_and_ink(first[:, ::2]), place_and_ink(second[:, 1::2])
    a, b = (standardize(x, x)[0].reshape(-1, 64, 3) for x in halves)  # [20, 64, 3]
    distances = np.linalg.norm(a[:, :, None] - b[:, None], axis=3)
    return np.mean(distances.argmin(axis=2) == np.arange(64))


plain = x_train[:1280]
one, other = np.asarray(views(plain)), np.asarray(views(plain))
for name, pair in {"plain image": (plain, plain), "view": (one, one)}.items():
    print(f"partners found within one {name}: {partners_found(*pair):.0%}")
print(f"across two views: {partners_found(one, other):.0%}")

# %% tags=["claim"]
# Within one view these three numbers find nearly all of the partners, and within one plain image well
# over half; across two views they find very few
assert partners_found(one, one) > 0.9 and 0.55 < partners_found(plain, plain) < 0.75
assert partners_found(one, other) < 0.1

# %% [markdown]
# Within one view these three numbers find nearly all of the partners, and within one plain image well
# over half; across two views they find very few (guessing finds one in 64, or 2 %). That raises a
# suspicion: asked within one picture, a critic may go a long way on place and ink. (No more than a
# suspicion, for in the loss one side is a single place of the map, and sees a part of the picture
# only.) Across views both are blurred: a view shifts, scales and re-inks the image, so that its place is
# only roughly that of the other. What helps is what both have in common: above all what the image shows.
# This is the idea of AMDIM
# ([Bachman et al. 2019](https://arxiv.org/abs/1906.00910)).
#
# ## Four pairs
#
# Two views give two codes and two maps, and so four pairs of a code and a map. **Predict** which of
# the four belong into the loss.

# %%
show(two_views.pair_boards({"which of them?": np.full((2, 2), np.nan)}), """A board of two by two
fields: code of view a or b against map of view a or b, a question mark in each field.""")


# %% [markdown]
# ### Exercise 1: `two_view_loss`, free
#
# *Medium, 8 minutes. Stuck? `check.hint("two_view_loss")`, as often as you like.*
# `critic(feature_map, code)` gives scores `[N, N, L]`, and `local_infonce`
# reads them. You have just found which pairs place and ink cannot answer. What comes out is made
# small, is in nats for *one* question, so that it can be held against the losses of lesson 06, and
# must not change when the two views change their names.

# %% tags=["solution"]
def two_view_loss(map_a, code_a, map_b, code_b, critic):
    """The loss of two views of the same N images: a scalar, nats."""
    forth = local_infonce(critic(map_b, code_a))
    back = local_infonce(critic(map_a, code_b))
    return -(forth + back) / 2


# %% tags=["nbval-check-output"]
feedback = check.two_view_loss(two_view_loss)
loss_of = feedback.use
feedback


# %% [markdown]
# ## A training, with your loss
#
# The critic is that of lesson 08 with one addition: both sides are normalised, so that no score can
# be large because a vector is.

# %%
def side(units):
    return keras.Sequential([keras.layers.Dense(units), keras.layers.LayerNormalization()])


class LocalCritic(keras.Model):
    def __init__(self, units=128):
        super().__init__()
        self.units, self.of_location, self.of_code = units, side(units), side(units)

    def call(self, feature_map, code):
        _, rows, columns, channels = feature_map.shape
        features = tf.reshape(feature_map, [-1, rows * columns, channels])
        return local_scores(self.of_location(features), self.of_code(code)) / self.units**0.5


# %% [markdown]
# The step has the four parts of lesson 08. New is that the encoder looks twice.

# %%
def new_step(loss_of, encoder, critic, optimizer, views):
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer.build(variables)

    @tf.function
    def step(batch):
        with tf.GradientTape() as tape:
            map_a, code_a = encoder(views(batch), training=True)
            map_b, code_b = encoder(views(batch), training=True)
            loss = loss_of(map_a, code_a, map_b, code_b, critic)
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    return step


# %% [markdown]
# The loop: 400 batches of 64 images, a learning rate that rises and then falls to 0, and at the end
# settled batch normalisation (lesson 08). Every training makes its views anew, from the same seed.

# %%
STEPS, BATCH = 400, 64
rate = keras.optimizers.schedules.CosineDecay(0.0, STEPS - 50, warmup_target=8e-3, warmup_steps=50)


# %%
def train(loss_of, images):
    keras.utils.set_random_seed(run_seed())
    encoder, critic = build_encoder(images.shape[1:], 64), LocalCritic()
    critic(*encoder(images[:2]))  # the first call makes the critic's weights
    views = HandwritingViews(seed=run_seed())
    step = new_step(loss_of, encoder, critic, keras.optimizers.Adam(rate), views)
    order = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images), seed=run_seed())
    losses = [float(step(batch)) for batch in order.repeat().batch(BATCH, True).take(STEPS)]
    settle(encoder, images)
    return encoder, critic, losses


# %%
trained = {"crossed": train(loss_of, x_train)}
losses = trained["crossed"][2]
print(f"loss {losses[0]:.2f} at first, {np.mean(losses[-20:]):.2f} in the last 20 steps")


# %% [markdown]
# ## What could go wrong: two letters
#
# Suppose that *a* and *b* were exchanged in the maps. Each code is then scored with the map of its
# *own* view. Nothing breaks.

# %%
def own_view_loss(map_a, code_a, map_b, code_b, critic):
    return -(local_infonce(critic(map_a, code_a)) + local_infonce(critic(map_b, code_b))) / 2


# %% tags=["nbval-check-output"]
check.two_view_loss(own_view_loss)

# %% [markdown]
# This mistake is at the same time the best **control** that one could wish for. The pictures, the
# steps, the first weights are the same; only who is paired with whom is not. Whatever differs
# afterwards is due to the pairing, and not to there being more pictures.
#
# **Predict**: which of the two losses will be lower? Whose code will be better?

# %%
trained["own"] = train(own_view_loss, x_train)
fallen = {name: losses for name, (_, _, losses) in trained.items()}
ends = {name: np.mean(losses[-20:]) for name, losses in fallen.items()}
told = " and ".join(f"{name} {end:.2f}" for name, end in ends.items())
show(curves(range(STEPS), fallen, "step", "loss in nats", every=10), f"""Both losses fall; in the last
20 steps: {told}.""")

# %% tags=["claim"]
# The mistake has the lower loss
assert ends["own"] < ends["crossed"] - 0.5


# %% [markdown]
# The mistake has the lower loss, for its question is the easier one. A loss says how well *its*
# question is answered, and nothing of what the answer is good for.
#
# Here is what each encoder and its critic can answer together: `local_infonce` for all four pairs, on
# images that they were not trained on.

# %%
def board(encoder, critic):
    views = HandwritingViews(seed=run_seed(1))
    seen = [encoder(views(x_other[:64])) for _ in "ab"]
    return [[float(local_infonce(critic(of_map, code))) for of_map, _ in seen] for _, code in seen]


boards = {name: np.array(board(encoder, critic)) for name, (encoder, critic, _) in trained.items()}
told = "; ".join(f"{name} {b.diagonal().mean():.2f} in its own view and "
                 f"{b[::-1].diagonal().mean():.2f} across" for name, b in boards.items())  # fmt: skip
show(two_views.pair_boards(boards), f"""The four readings in nats of two encoders, each with its
critic. {told}.""")

# %% tags=["claim"]
# Trained within a view, encoder and critic are worse across views than guessing; trained across views,
# they answer both questions, and the one that they were never asked even better
own, crossed = ((b.diagonal().mean(), b[::-1].diagonal().mean()) for b in
                (boards["own"], boards["crossed"]))  # fmt: skip
assert own[1] < 0 < crossed[1] < crossed[0]


# %% [markdown]
# Trained within a view, encoder and critic are worse across views than guessing; trained across views,
# they answer both questions, and the one that they were never asked even better. (Guessing reads 0.
# Below it the critic is sure of itself, and wrong.)
#
# Is it the encoder or its critic that fails? Freeze the encoder trained within a view, and let a new
# critic learn across views, for 100 steps. The control is the same encoder with its first weights.
# **Predict** what the two read.

# %%
def board_of_new_critic(encoder):
    """The four readings of a frozen encoder with a critic that learns across views, 100 steps."""
    encoder.trainable = False
    keras.utils.set_random_seed(run_seed())
    critic, views = LocalCritic(), HandwritingViews(seed=run_seed())
    critic(*encoder(x_train[:2]))
    step = new_step(loss_of, encoder, critic, keras.optimizers.Adam(8e-3), views)
    order = tf.data.Dataset.from_tensor_slices(x_train).shuffle(len(x_train), seed=run_seed())
    for batch in order.repeat().batch(BATCH, True).take(100):
        step(batch)
    return np.array(board(encoder, critic))


# %%
keras.utils.set_random_seed(run_seed())  # as in `train`: the same first weights
untrained = build_encoder(x_train.shape[1:], 64)
settle(untrained, x_train)
boards["own, new critic"] = board_of_new_critic(trained["own"][0])
boards["untrained, new critic"] = board_of_new_critic(untrained)
for name, values in boards.items():
    print(f"{name:21} across {values[::-1].diagonal().mean():5.2f} nats")

# %% tags=["claim"]
# That it read *worse than guessing* was the critic's doing: with a new one the same encoder is above 0.
across = {name: values[::-1].diagonal().mean() for name, values in boards.items()}
assert across["own"] < 0 < across["own, new critic"] - 0.1

# %% tags=["claim"]
# So is the encoder that nobody has trained, and what the training within a view has added to it is
# little beside what *crossed* has.
added = {name: across[name] - across["untrained, new critic"] for name in across}
assert across["untrained, new critic"] > 0.1 and added["own, new critic"] < 0.4 * added["crossed"]


# %% [markdown]
# That it read *worse than guessing* was the critic's doing: with a new one the same encoder is above 0.
# This is no merit of the encoder yet, for a critic that says nothing reads 0 already. So is the encoder
# that nobody has trained, and what the training within a view has added to it is little beside what
# *crossed* has. (That one has a critic of its own, trained longer; the recorded runs below are fairer to
# both.) That part of the failure is the encoder's own.
#
# ## What the views move
#
# How far does a code move when only the view changes? Eight views of each of 200 images give eight
# codes of each. The part of all their variance that lies *within* an image is the views' doing.
# (Every number of the code is first brought to variance 1.)

# %%
def moved_by_views(encoder, pictures, times=8):
    """The share of the codes' variance that is due to the view: from 0 to 1."""
    views = HandwritingViews(seed=run_seed(2))
    codes = np.stack([encode(encoder, views(pictures)) for _ in range(times)])  # [times, N, D]
    codes = codes / codes.std(axis=(0, 1))
    return float(codes.var(axis=0).mean())


encoders = {name: encoder for name, (encoder, _, _) in trained.items()}
moved = {name: moved_by_views(one, x_test[:200]) for name, one in encoders.items()}
for name, share in moved.items():
    print(f"{name:8} {share:.0%} of the variance of its codes is the view's")

# %% tags=["claim"]
# Crossed pairs make a code that moves less with the view, and it is the better one
assert moved["crossed"] < moved["own"] - 0.1


# %% [markdown]
# And what are the codes worth? A linear probe, with all labels and with ten a class:

# %%
def correct(encoder, chosen=slice(None)):
    """Which test images a linear probe on the chosen labels gets right."""
    train, test = standardize(encode(encoder, x_train), encode(encoder, x_test))
    with threadpool_limits(1):
        probe = LogisticRegression(C=0.1, max_iter=1000).fit(train[chosen], y_train[chosen])
    return probe.predict(test) == y_test


# %%
ten = few_labels(y_train, 10, seed=run_seed())
live = {"linear probe": {name: correct(one).mean() for name, one in encoders.items()},
        "ten labels a class": {name: correct(one, ten).mean() for name, one in encoders.items()},
        "moved by the view": moved}  # fmt: skip
for measure, found in live.items():
    print(measure, {name: f"{share:.0%}" for name, share in found.items()})

# %% tags=["claim"]
# Crossed pairs make a code that moves less with the view, and it is the better one
assert live["linear probe"]["crossed"] > live["linear probe"]["own"]
assert live["ten labels a class"]["crossed"] > live["ten labels a class"]["own"] + 0.05

# %% [markdown]
# Crossed pairs make a code that moves less with the view, and it is the better one. Both encoders
# have begun with the same weights and were fed in the same way, two pictures of each image: so the
# difference is due to the pairing.
#
# One seed is an anecdote (lesson 09). So the same was recorded with five, and beside both the
# encoder with its first weights. It was also asked what a linear regression reads off each code of
# place and ink of plain test images, the three numbers from above: how much of their variance it
# explains. Each grey mark
# is one seed, the dot their mean, the blue bar the interval of that mean, and your *crossed* run the
# diamond. **Predict**: which of the three codes knows most about place and ink?

# %%
table = recorded.read("two_views")
titles = {"linear": "linear probe", "ten_labels": "ten labels a class",
          "moved": "moved by the view", "place_and_ink": "place and ink read"}  # fmt: skip
rows = {name: {} for name in ("random", "own", "crossed")}
for measure in titles:
    for case in recorded.summary(table, by=["training"], of=measure).itertuples():
        each = table[table.training == case.training][measure]
        rows[case.training][measure] = (each, case.low, case.high)

# %%
told = "; ".join(f"{name} " + ", ".join(f"{100 * each.mean():.0f}" for each, _, _ in row.values())
                 for name, row in rows.items())  # fmt: skip
mine = {measure: live[title]["crossed"] for measure, title in titles.items() if title in live}
show(objectives.rows_over_seeds(rows, titles, "percent", ("crossed", mine)), f"""Means of five seeds in
percent, for two probes, the share moved by the view, and place and ink. {told}.""")

# %%
by_seed = {m: table.pivot(index="seed", columns="training", values=m) for m in titles}
for measure, title in titles.items():
    print(f"{title}, percent\n{(100 * by_seed[measure][list(rows)]).round(1)}\n")

# %% [markdown]
# In every seed *crossed* is ahead of *own*: by 24 to 25 points with all labels, by 42 to 45 with ten
# a class. The views make up 28 to 29 % of the variance of its codes, and 68 to 70 % of those of
# *own*. With ten labels *own* is ahead of no training at all by 0.8 to 5.4 points only.
#
# Did you predict that *crossed* has forgotten where the digit stands? It has not. Off its codes 91
# to 93 % of place and ink can be read, off those of *own* 88 to 92. A part of the place is common to
# both views; and the loss asks for what they have in common to be there, not for anything else to be
# gone.
#
# Nor does the critic alone set them apart. Here is what a new one reads across views, in nats, after
# 400 steps on each of the three encoders, frozen:

# %%
new_critic = table.pivot(index="seed", columns="training", values="new_critic")
print(new_critic[list(rows)].round(2))

# %% [markdown]
# It reads 0.4 to 0.5 nats of the encoder without training, 0.6 to 0.8 of *own*, and 2.3 to 2.4 of
# *crossed*.
#
# ### Is it the loudness?
#
# One thing that has changed is how *loud* the view is in the code, and with ten labels a probe cannot
# yet tell what to look past. That fits the lead of *crossed*, which is largest there. But *own* is moved
# by the view even *more* than the code without training, in every seed, and is ahead of it in every
# seed with both probes. So loudness alone does not rank these codes.
#
# How much of the lead is its doing? Make the view equally loud in both codes, and look what is left. A
# linear map can do that, one that could be undone. It turns a code to directions that are uncorrelated,
# and weighs each by how much of it is the view's. (It is found on views of training images, without
# labels.) So the view was given 40 % of the variance of both codes (*quiet*), and then 70 % (*loud*).
# **Predict** what is left of the lead, with all labels and with ten a class.

# %%
for probe in ("linear", "ten_labels"):
    for case in ("", "_quiet", "_loud"):
        by = 100 * table.pivot(index="seed", columns="training", values=probe + case)
        print(f"{probe + case:16} own {by.own.mean():.0f} %, crossed {by.crossed.mean():.0f} %,",
              f"the lead by seed {(by.crossed - by.own).round(1).tolist()}")  # fmt: skip

# %% [markdown]
# With ten labels a lead of 42 to 45 points becomes one of 28 to 33 where the view is equally
# quiet, and of 11 to 16 where it is equally loud. So a good part of it seems to be the loudness. With
# all labels it is 24 to 27 and 21 to 23 points, where it was 24 to 25. There 3,000 labels say what to
# look past, so the loudness matters little, and the lead stays: a straight line reaches more of the
# digit in the code of *crossed*. That is the other part. (The map weighs whatever else lies in a
# direction, too: *own*, which is about as loud as *loud* asks for, gains some points by the map itself. So
# take the points for roughly what each part is worth.)

# %% tags=["claim"]
# In every seed *crossed* is ahead of *own*: by 24 to 25 points with all labels, by 42 to 45 with ten
# a class.
lead = {m: (100 * (each.crossed - each.own)).round() for m, each in by_seed.items()}
assert lead["linear"].between(24, 25).all() and lead["ten_labels"].between(42, 45).all()

# %% tags=["claim"]
# The views make up 28 to 29 % of the variance of its codes, and 68 to 70 % of those of *own*.
assert (100 * by_seed["moved"].crossed).round().between(28, 29).all()
assert (100 * by_seed["moved"].own).round().between(68, 70).all()

# %% tags=["claim"]
# With ten labels *own* is ahead of no training at all by 0.8 to 5.4 points only.
few = 100 * (by_seed["ten_labels"].own - by_seed["ten_labels"].random)
assert [few.min().round(1), few.max().round(1)] == [0.8, 5.4]

# %% tags=["claim"]
# That fits the lead of *crossed*, which is largest there.
assert (lead["ten_labels"] > lead["linear"]).all()

# %% tags=["claim"]
# *own* is moved by the view even *more* than the code without training, in every seed, and is ahead
# of it in every seed with both probes.
over = {m: each.own - each.random for m, each in by_seed.items()}
assert all((over[m] > 0).all() for m in ("moved", "linear", "ten_labels"))

# %% tags=["claim"]
# It reads 0.4 to 0.5 nats of the encoder without training, 0.6 to 0.8 of *own*, and 2.3 to 2.4 of
# *crossed*.
for name, (low, high) in {"random": (0.4, 0.5), "own": (0.6, 0.8), "crossed": (2.3, 2.4)}.items():
    assert [new_critic[name].min().round(1), new_critic[name].max().round(1)] == [low, high]

# %% tags=["claim"]
# With ten labels a lead of 42 to 45 points becomes one of 28 to 33 where the view is equally
# quiet, and of 11 to 16 where it is equally loud.
pivot = {m: 100 * table.pivot(index="seed", columns="training", values=m) for m in table.columns[2:]}
lead = {m: (by.crossed - by.own).round() for m, by in pivot.items()}
ends = {m: (points.min(), points.max()) for m, points in lead.items()}
assert ends["ten_labels"] == (42, 45)
assert ends["ten_labels_quiet"] == (28, 33) and ends["ten_labels_loud"] == (11, 16)

# %% tags=["claim"]
# *own*, which is about as loud as *loud* asks for, gains some points by the map itself.
assert all((pivot[f"{m}_loud"].own - pivot[m].own).mean() > 2 for m in ("linear", "ten_labels"))

# %% tags=["claim"]
# With all labels it is 24 to 27 and 21 to 23 points, where it was 24 to 25.
assert [ends[f"linear{case}"] for case in ("_quiet", "_loud", "")] == [(24, 27), (21, 23), (24, 25)]

# %% tags=["claim"]
# Off its codes 91 to 93 % of place and ink can be read, off those of *own* 88 to 92.
assert (100 * by_seed["place_and_ink"].crossed).round().between(91, 93).all()
assert (100 * by_seed["place_and_ink"].own).round().between(88, 92).all()

# %% [markdown]
# *A sitting may end here. What you wrote is kept: on another day, run all cells above once and go on.*
#
# ## Your own images
#
# Now without a data set: a folder of pictures, with no labels and no test set. If you have one of
# your own, put its path in place of the folder below. Here a small one is made: 540 images that no
# training above has seen, as files that are called by numbers. (Of photographs with colours,
# say `color_mode="rgb"`, a larger side, and `PhotographViews` for the views.)

# %%
folder = Path(tempfile.mkdtemp())  # or Path("my_pictures")
for number, image in enumerate(x_test[:540]):
    keras.utils.save_img(folder / f"{number:04}.png", 255 * image, scale=False)
print(len(list(folder.glob("*.png"))), "files, the first of them", min(folder.iterdir()).name)


# %%
def read_folder(folder, side=14, color_mode="grayscale"):
    """All images of a folder, in the order of their names: `[N, side, side, channels]`."""
    files = keras.utils.image_dataset_from_directory(
        folder, labels=None, color_mode=color_mode, image_size=(side, side),
        crop_to_aspect_ratio=True, batch_size=None, shuffle=False, verbose=False,
    )  # fmt: skip
    return np.stack(list(files.as_numpy_iterator())) / np.float32(255)


mine = read_folder(folder)
print(mine.shape, "from", mine.min(), "to", mine.max())

# %% [markdown]
# The division by 255 is the line that is most often forgotten. The rest you have: your loss, the
# loop above, and the file in which Keras keeps an encoder.

# %%
my_encoder, my_critic, my_losses = train(loss_of, mine)
out = Path(tempfile.mkdtemp())  # or a folder that stays
my_encoder.save(out / "mine.keras")
again = keras.saving.load_model(out / "mine.keras")
same = np.array_equal(encode(again, mine), encode(my_encoder, mine))
print(f"loss in the last 20 steps {np.mean(my_losses[-20:]):.2f}, the same codes from the file: {same}")


# %% [markdown]
# (With labels, such a file would be a row in the large table. Its images have to be of the size that
# the encoder takes, so both come in files: `dimlearn compare --data halved.npz --add
# mine=mine.keras`, with `x_train`, `y_train`, `x_test` and `y_test` in *halved.npz*, as in
# lesson 09.)
#
# ### Exercise 2: `nearest_others`, free
#
# *Easy, 6 minutes.* Without labels one looks at neighbours. Return for every code the indices of
# the `count` nearest others, the nearest first. Two of your images may be copies of each other, and
# then each is the other's nearest neighbour.

# %% tags=["solution"]
def nearest_others(codes, count):
    """Indices `[N, count]` of the nearest other rows of codes `[N, D]`, the nearest first."""
    squares = np.sum((codes[:, None] - codes[None]) ** 2, axis=2)
    np.fill_diagonal(squares, np.inf)
    return np.argsort(squares, axis=1)[:, :count]


# %% tags=["nbval-check-output"]
feedback = check.nearest_others(nearest_others)
nearest = feedback.use
feedback

# %% [markdown]
# Beside your encoder stand two controls that need no training: the same encoder with its first
# weights, and the pixels. All are standardised, so that no row gains by its scale.

# %%
keras.utils.set_random_seed(run_seed())  # as in `train`: the same first weights
untrained = build_encoder(mine.shape[1:], 64)
settle(untrained, mine)
codes = {"mine": encode(my_encoder, mine), "random": encode(untrained, mine),
         "pixels": mine.reshape(len(mine), -1)}  # fmt: skip
found = {name: nearest(standardize(each, each)[0], 5) for name, each in codes.items()}

# %% [markdown]
# Five images, each with its five nearest under the three codes. **Predict** where the neighbours
# stand at the same *place* as the query, and where they show the same *thing*.

# %%
looked_at = [0, 1, 2, 3, 4]
neighbours = show(two_views.neighbour_rows(mine, looked_at, found), """Five digits, each in a row
with its five nearest neighbours under the trained code, the untrained one and the pixels.""")
neighbours

# %% [markdown]
# The place can be measured, with the function from above: how far, in pixels, does the middle of the
# ink of the nearest image lie from that of the query?

# %%
middles = place_and_ink(mine)[:, :2]
apart = {name: np.linalg.norm(middles - middles[table[:, 0]], axis=1).mean()
         for name, table in found.items()}  # fmt: skip
apart["by chance"] = pdist(middles).mean()  # any two images
print({name: f"{distance:.2f} pixels" for name, distance in apart.items()})

# %% [markdown]
# All three find neighbours that stand far nearer to the place of the query than chance would. Those of
# the pixels stand nearest to it, and those of the trained code farthest from it: it has not forgotten
# the place, and goes by it less. Whether they show the same thing is another question.

# %% tags=["claim"]
# All three find neighbours that stand far nearer to the place of the query than chance would.
assert all(apart[name] < 0.5 * apart["by chance"] for name in found)

# %% tags=["claim"]
# Those of the pixels stand nearest to it, and those of the trained code farthest from it
assert apart["pixels"] < apart["random"] < apart["mine"]

# %% [markdown]
# A picture convinces easily, and five rows are an anecdote. So label a few by hand. For 200 images,
# say of the *one* nearest neighbour whether it shows the same thing. That takes ten minutes a code with
# pencil and paper. (Here the labels of the test images, which no training saw, play the pencil.)

# %%
pencil = y_test[:540]
right = {name: pencil[table[:200, 0]] == pencil[:200] for name, table in found.items()}
# For your own folder: right = {"mine": mine, ...}, an array of 200 True or False for each code.
for name, yes in right.items():
    low, high = accuracy_interval(yes.sum(), len(yes))
    print(f"{name:8} {yes.mean():.0%} of the nearest show the same ({low:.0%} to {high:.0%})")

# %% [markdown]
# The three rows have answered the same 200 questions. So the differences are taken in pairs, as in
# lesson 09; here every image is an original of its own.

# %%
pairs = {f"mine minus {name}": paired_difference(right["mine"], right[name], np.arange(200))
         for name in ("random", "pixels")}  # fmt: skip
differences = judging.intervals(pairs, "difference in points", zero=True)
differences

# %% tags=["claim"]
# The trained code is ahead of the untrained one and of the pixels
assert all(low > 0 for _, low, _ in pairs.values())


# %% [markdown]
# The trained code is ahead of the untrained one and of the pixels: neither interval reaches 0.
#
# ## The report, one page
#
# It says what was done, shows the neighbours, gives the differences with their intervals, and says
# what it cannot say.

# %%
def verdict(low, high):
    """What an interval of a difference allows to say."""
    return "is ahead of" if low > 0 else "is behind" if high < 0 else "cannot be told from"


said = [f"{len(mine)} images, {STEPS} steps of {BATCH}, two views, no labels in the training."]
for name, (_, low, high) in pairs.items():
    said.append(f"By 200 judged neighbours the code {verdict(low, high)} {name[11:]}.")
said.append("random is the same encoder with its first weights, pixels the images themselves.")
said.append("One training with one seed. These intervals are for the choice of the 200 images.")
text = two_views.page("An encoder of my images", *said, neighbours, differences)
(out / "report.html").write_text(text, encoding="utf-8")
print("\n".join(said))

# %% [markdown]
# The page is in `report.html`, with its pictures inside. The last sentence belongs there: another
# seed gives another encoder, and how far those differ the page does not know. The recorded table
# above does not know it either: its encoders have seen 3,000 other images. To find out, train on your
# folder with several seeds.
#
# ## When Deep InfoMax shows no gain
#
# These are the reasons for it that you have met. They stand in the order in which they are
# quick to find out.
#
# | what you see | what to try | where you met it |
# |---|---|---|
# | the loss stays where it began | do the weights move? a gradient or a rate near 0? | 10 |
# | the loss falls, the code is poor | count what moves: are both networks in the list? | 08 |
# | good in training, poor when frozen | settle the batch normalisation, prepare alike | 08, 10 |
# | the linear probe gains, neighbours do not | whiten the code: that may help, or not | 05, 10 |
# | the code moves with the view | is every code paired with the other view's map? | here |
# | codes keep apart what should be alike | views that change just that | here |
# | codes mix what should be apart | views that leave that alone: 6 and 9 under a half turn | here |
# | the interval of the difference holds 0 | more hand labels, or there is nothing to gain | 09 |
#
# For the last line one can say how many. If the differences of single images have the standard
# deviation $s$, then $n$ of them give an interval of half-width $1.96\, s / \sqrt n$. Is it enough
# that this equals the true difference $d$? The difference that is *seen* lies above $d$ in one half
# of all draws of images and below it in the other. So then the interval would hold 0 every second
# time. For it to stay clear of 0 in four draws of five, $d$ has to be larger by another 0.84 standard
# errors, the distance below which four fifths of a normal distribution lie: $n = (2.8\, s / d)^2$.
#
# **Predict** for this folder: would ten images have been enough? And for a difference of two points?

# %%
s = np.std(right["mine"].astype(float) - right["pixels"], ddof=1)
for d in (pairs["mine minus pixels"][0], 0.02):
    print(f"a difference of {d:.0%} needs about {(2.8 * s / d) ** 2:,.0f} hand-judged images")

# %% tags=["claim"]
# For a difference as large as the one to the pixels a few dozen at most are enough; for two points between
# rows that disagree as often as these two it takes thousands.
assert 12 < (2.8 * s / pairs["mine minus pixels"][0]) ** 2 < 60
assert (2.8 * s / 0.02) ** 2 > 2000

# %% tags=["claim"]
# at the very least on two images of a hundred, $s^2 = 0.02 - 0.02^2$, and then some 400 are enough.
assert 350 < 2.8**2 * (0.02 - 0.02**2) / 0.02**2 < 450


# %% [markdown]
# For a difference as large as the one to the pixels a few dozen at most are enough; for two points between
# rows that disagree as often as these two it takes thousands. The $s^2$ is the share of images on
# which two rows disagree, less $d^2$. Two rows that lie two points apart may disagree far more
# seldom: at the very least on two images of a hundred, $s^2 = 0.02 - 0.02^2$, and then some 400 are
# enough. Before you conclude that there is no gain, ask which gain you could have seen.
#
# ## A table to audit
#
# You have now what it takes to read the table that started all this. It is from the paper (Hjelm et
# al. 2019): CIFAR-10, top-1 accuracy in percent of a classifier with one hidden layer of 200 units
# on three layers of each frozen encoder. There are 10,000 test images.
#
# | | conv | fc (1024) | code (64) |
# |---|---|---|---|
# | supervised, end to end | 75.39 | | |
# | VAE | 60.71 | 60.54 | 54.61 |
# | BiGAN | 62.57 | 62.74 | 52.54 |
# | DIM, global | 52.20 | 52.84 | 43.17 |
# | DIM, local, JSD | 73.25 | 73.62 | 66.96 |
# | DIM, local, InfoNCE | 75.21 | 75.57 | 69.13 |
#
# **Predict**, before you go on, which of these two sentences the table carries: "On the code, the
# local objective with JSD is ahead of the VAE" (66.96 against 54.61). "The local objective with
# InfoNCE beats the encoder that was trained with all labels" (75.57 against 75.39).
#
# The table prints no intervals. We can supply those for the choice of test images. Which images each
# row got right is not printed either; but the two accuracies $p$ and $q$ alone say that the rows
# disagree on at least $|p - q|$ of the images and on at most $p + q$ or $2 - p - q$, whichever is
# smaller. The share $u$ on which they disagree decides how wide the paired interval is, since the
# variance of a single difference is $u - (p - q)^2$.

# %%
def possible_intervals(p, q, n=10_000):
    """The paired interval of p - q if the rows disagree as seldom, and as often, as they can."""
    d, extremes = p - q, (abs(p - q), min(p + q, 2 - p - q))
    halves = [1.96 * np.sqrt((u - d**2) / n) for u in extremes]
    return [(d, d - half, d + half) for half in halves]


# %%
jsd_vae = dict(zip(("narrowest", "widest"), possible_intervals(0.6696, 0.5461)))
judging.intervals(jsd_vae, "points: JSD minus VAE, on the code", zero=True)

# %%
infonce_supervised = dict(zip(("narrowest", "widest"), possible_intervals(0.7557, 0.7539)))
judging.intervals(infonce_supervised, "points: InfoNCE minus supervised", zero=True)

# %% tags=["claim"]
# The first difference lies far from 0 however the two rows share their right answers; of the second
# the table cannot say whether it is one
assert min(low for _, low, _ in jsd_vae.values()) > 0.1
assert infonce_supervised["narrowest"][1] > 0 > infonce_supervised["widest"][1]

# %% [markdown]
# The first difference lies far from 0 however the two rows share their right answers; of the second
# the table cannot say whether it is one. And that is about the test images alone. How much another
# seed would change, no printed number tells.
#
# Now be the reviewer. For each of these sentences, write down what a fair comparison would need
# before you open the answer.
#
# <details><summary>"What helps is the objective, not the architecture."</summary>A row for the same
# encoder with its first weights, at all three layers. In lesson 09 it was ahead of the pixels
# with all labels, and behind them with ten a class: one cannot know beforehand which control is the
# row to beat. The table has none of them; pixels and principal components are missing, too.</details>
# <details><summary>"Learning without labels is as good as learning with them."</summary>Which images
# did each row see, how often, with what augmentation, and who chose when to stop, on which images?
# One number of *supervised* stands against the best of three layers, under a probe that is a network
# itself. The paper's table for STL-10 has 68.7 for *supervised* and 72.86 for the local objective,
# but STL-10 has 5,000 images with labels and 100,000 without: ask how many each row was
# given.</details>
# <details><summary>"The code of 64 numbers holds less than the layers before it."</summary>It reads
# less *under this probe*. The layers have different sizes, and a probe of 200 units has more weights
# on a large layer. Equal probes on equally many numbers (random projections, say), and few labels
# beside many, would tell more.</details>
# <details><summary>"The global objective is worse than the local one."</summary>All nine numbers
# agree, and no difference here is below twenty points. What the table does not say is why: scale, the
# critic, or information that is not there (lesson 05).</details>
#
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
# InfoMax has not. A six turned far enough is a nine. That is why a row with views is not simply
# better than one without: it was told more.</details>
#
# #### 3. Your neighbours look wonderful. What do you ask first?
#
# <details><summary>Whether the query is among them.</summary>Right, and second, whether those of the
# pixels look just as wonderful.</details>
# <details><summary>Whether the loss was low.</summary>The mistake above had the lower loss and the
# poorer code.</details>
#
# ## In this lesson we saw
#
# - that place and ink tell which halves belong to one view, and across two views hardly ever do;
# - that a reading far below 0 is the critic's doing, and that a new critic wants a control;
# - the **loss of two views**, and its control: the same pictures, each code with its own map;
# - an encoder of a folder without labels, judged by 200 neighbours, in pairs with its controls, and
#   reported with what is not known;
# - what a table allows to say, and what it leaves open.
#
# This is the end of the course. Your functions have estimated information, trained encoders and
# judged them. `check.progress()` says whether one of them is still to be written; the folder of
# your own images is the next lesson.

# %%
check.progress()
