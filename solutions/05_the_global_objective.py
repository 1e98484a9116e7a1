# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 05 The global objective
#
# **Afterwards you can**
#
# - make positive and negative pairs of maps and codes, and say which orders fail as negatives;
# - train an encoder and a critic together, without labels, in a loop that you understand;
# - show by experiment what such an encoder learns, and why its code is worth so little.
#
# **Time** about 35 minutes. **You need** lessons 02 and 03 (bounds, critics), 04 (encoder).

# %%
import numpy as np

from dimlearn import check, data, evaluation
from dimlearn.pictures import accuracies, canvas, explorer, image_grid, show
from dimlearn.pictures.style import BLACK, BLUE, GREY, ORANGE
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## Does this code belong to this image?
#
# The first objective of the paper is the obvious one (Hjelm et al. 2019, section 3.1): an image's
# feature map and its code should tell much about each other. Their mutual information is raised as
# in lesson 02: a **critic** scores pairs, high for those that belong together. No label is needed,
# because the images themselves say which pairs belong together.
#
# We start from your encoder of lesson 04, untrained.

# %%
images = data.load(limit=3000)
build_encoder = check.yours("build_encoder")
answer_cost = check.yours("answer_cost")
keras.utils.set_random_seed(run_seed())
encoder = build_encoder(images.image_shape, 64)

# %%
batch = images.x_train[: 8 * 37 : 37]
feature_map, code = (output.numpy() for output in encoder(batch))
print("feature map:", feature_map.shape, " code:", code.shape)


# %% [markdown]
# Below, each code is drawn as a little picture of 8×8 numbers, under the image whose map it is held
# against. In the upper pair of rows they belong together, in the lower pair they don't.

# %%
def as_pictures(codes):
    """Codes `[N, 64]` as images of the images' size, in [0, 1]: 8x8 fields of 3x3 pixels."""
    fields = (codes - codes.min()) / (codes.max() - codes.min())
    fields = np.kron(fields.reshape(-1, 8, 8), np.ones((1, 3, 3)))
    border = batch.shape[1] - 24
    return np.pad(fields, ((0, 0), (0, border), (0, border)), constant_values=1)[..., None]


# %%
grey = batch.mean(axis=-1, keepdims=True)  # whatever the colours of the images
others = [3, 7, 0, 5, 1, 6, 2, 4]
rows = np.concatenate([grey, as_pictures(code), grey, as_pictures(code[others])])
titles = [""] * 8 + ["its own"] * 8 + [""] * 8 + ["another's"] * 8
show(image_grid(rows, titles, columns=8), """Four rows. The first and the third are the same
images; under each is a pattern of 64 grey fields, a code: in the second row the image's own, in the
fourth another's.""")

# %% [markdown]
# The upper pairs are **positive**: a sample of the joint distribution of map and code. The lower
# ones are **negative**: a sample of the product of the marginals. How do we get an order in which
# *every* code meets another image's map?
#
# ## Orders that fail
#
# The first idea is to shuffle. **Predict**: in a random order of 64 images, how many stay, on
# average, where they were? And in a random order of 8?

# %%
rng = np.random.default_rng(run_seed())
for n in (8, 64, 512):
    stayed = [np.sum(rng.permutation(n) == np.arange(n)) for _ in range(2000)]
    print(f"{n:3} images: {np.mean(stayed):.2f} stay on average, "
          f"none in {np.mean(np.equal(stayed, 0)):.0%} of the orders")  # fmt: skip


# %% [markdown]
# About one, whatever the number of images: each stays with probability $1/N$, and there are $N$. So
# in most orders a positive pair hides among the negatives. An order without any is called a
# **derangement**; about 37 % of the random ones are, $1/e$. It takes no luck to make one.
#
# ### Exercise 1: `mismatch`, free
#
# *Easy, 4 minutes. Stuck? `check.hint("mismatch")`, as often as you like, then
# `check.solution("mismatch")`. You may also move on.* The same items in an order in which none
# keeps its place; a `ValueError` for fewer than two, since that is impossible.

# %% tags=["solution"]
def mismatch(features):
    """The items of [N, ...] so ordered that none keeps its place; ValueError for N < 2."""
    if len(features) < 2:
        raise ValueError("a mismatch needs at least two items")
    return np.roll(features, 1, axis=0)


# %% tags=["nbval-check-output"]
feedback = check.mismatch(mismatch)
mismatched = feedback.use
feedback

# %%
print("images  ", np.arange(8))
print("get maps", np.array(mismatched(np.arange(8))))

# %% [markdown]
# Each step of the training below draws its images at random, so a fixed order will do: the
# neighbour is a random image. (Inside the training `tf.roll` does the same for tensors, and you
# will write it there once more.)
#
# ## One long vector for each pair
#
# The paper's critic for this objective is a plain network (**concat**): it gets the flattened map
# with the code behind it, as one vector, and gives one number. By hand, for two images with maps of
# four numbers and codes of two:

# %%
maps = np.array([[1, 2, 3, 4], [5, 6, 7, 8]])  # two maps, flattened already
codes = np.array([[0.1, 0.2], [0.3, 0.4]])
print("positive:", *np.concatenate([maps, codes], axis=1), sep="\n  ")
print("negative:", *np.concatenate([maps[::-1], codes], axis=1), sep="\n  ")


# %% [markdown]
# **Which side moved?** Decide, then open.
#
# <details><summary>The answer</summary>The maps: each row kept its code. Only <em>one</em> side may
# move; we will see what happens otherwise.</details>
#
# ### Exercise 2: `global_pairs`, faded
#
# *Medium, 6 minutes.* The maps are flattened. Write the rest in TensorFlow (`tf.concat`,
# `tf.roll`): the encoder is trained through this function, and NumPy has no gradients.

# %% tags=["solution"]
def global_pairs(feature_map, code):
    """[N, M, M, C], [N, D] -> (positive, negative), each [N, M*M*C + D]: map, then code."""
    n, m, _, channels = feature_map.shape
    features = tf.reshape(feature_map, [n, m * m * channels])
    # Yours: `positive` and `negative`; in the negatives another image's map. Return both.
    positive = tf.concat([features, code], axis=1)
    negative = tf.concat([tf.roll(features, 1, axis=0), code], axis=1)
    return positive, negative


# %% tags=["nbval-check-output"]
feedback = check.global_pairs(global_pairs)
pairs = feedback.use
feedback

# %%
positive, negative = pairs(feature_map, code)
print("pairs:", positive.shape, negative.shape)


# %% [markdown]
# ## The loss
#
# Take the JSD objective of lesson 03 (the paper's Eq. 4), one positive and one negative pair for
# each image. It is to be *maximised*; what an optimizer wants is a loss. With $s^+$ and $s^-$ the
# scores of the two kinds and $\mathrm{sp}$ the softplus:
#
# $$\mathcal{L} = \frac{1}{N}\sum_i \mathrm{sp}(-s^+_i) + \frac{1}{N}\sum_i \mathrm{sp}(s^-_i).$$
#
# ### Exercise 3: `global_loss`, free
#
# *Easy, 4 minutes.* Before you write: what does a critic pay that gives 0 to everything?

# %% tags=["solution"]
def global_loss(positive_scores, negative_scores):
    """The negative of the JSD objective of scores [N, 1] each: a scalar, nats."""
    return answer_cost(positive_scores, True) + answer_cost(negative_scores, False)


# %% tags=["nbval-check-output"]
feedback = check.global_loss(global_loss)
loss_of = feedback.use
feedback

# %%
nothing = tf.zeros([8, 1])
print(f"knows nothing: {loss_of(nothing, nothing):.4f} nats, 2 log 2 = {2 * np.log(2):.4f}")
print(f"sure and right: {loss_of(nothing + 10, nothing - 10):.4f} nats")


# %% [markdown]
# ## Training both
#
# Encoder and critic want the same: to tell the two kinds apart. So **one** optimizer moves both,
# and nobody fools anybody. First the critic:

# %%
def new_critic(encoder, units=256):
    """A network on the flattened map and the code: one score."""
    feature_map, code = encoder.outputs
    layers = [keras.layers.Dense(units, activation="relu") for _ in range(2)]
    inputs = keras.Input((np.prod(feature_map.shape[1:]) + code.shape[1],))
    return keras.Sequential([inputs, *layers, keras.layers.Dense(1)])


# %% [markdown]
# ### Exercise 4: `concat_scores`, free
#
# *Hard, 10 minutes.* Such a critic can fill a whole score matrix, as in lesson 02, if it is shown
# *every* code with *every* map: `scores[i, j]` is what it says of map j followed by code i. The
# critic takes rows, one for each pair. Write down for two images which rows those are, in which
# order, before you choose between `tf.repeat` and `tf.tile`.

# %% tags=["solution"]
def concat_scores(critic, feature_map, code):
    """[N, M, M, C], [N, D] -> [N, N], scores[i, j] = critic(flattened map j, then code i)."""
    n = feature_map.shape[0]
    maps = tf.reshape(feature_map, [n, -1])
    rows = tf.concat([tf.tile(maps, [n, 1]), tf.repeat(code, n, axis=0)], axis=1)
    return tf.reshape(critic(rows), [n, n])


# %% tags=["nbval-check-output"]
feedback = check.concat_scores(concat_scores)
scores_of_all = feedback.use
feedback

# %%
few = scores_of_all(new_critic(encoder), *encoder(images.x_train[:5])).numpy()
print("an untrained critic, five images:", np.round(few, 2), sep="\n")


# %% [markdown]
# One step: from images to maps and codes, to pairs, to scores, to the loss, and its gradient for
# the weights of both.

# %%
def new_step(encoder, critic, pairs_of):
    """A compiled training step: a function of a batch of images that returns the loss."""
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(variables)

    @tf.function
    def step(batch):
        with tf.GradientTape() as tape:
            feature_map, code = encoder(batch, training=True)
            positive, negative = pairs_of(feature_map, code)
            loss = loss_of(critic(positive), critic(negative))
        optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    return step


# %% [markdown]
# And the loop around it. `watch` is called every 20 steps, so that we can look in:

# %%
def train(encoder, critic, steps=120, pairs_of=pairs, seed=0, watch=lambda step: None):
    """Train both on random batches of 64 images; the loss of each step."""
    step, losses = new_step(encoder, critic, pairs_of), []
    rng = np.random.default_rng(run_seed(seed))
    for number in range(steps):
        if number % 20 == 0:
            watch(number)
        chosen = rng.choice(len(images.x_train), 64, replace=False)
        losses.append(float(step(images.x_train[chosen])))
    watch(steps)
    return losses


# %% [markdown]
# We keep some unseen images aside and note, every 20 steps, their scores and codes. **Predict** the
# loss after 120 steps; a critic that knows nothing would pay $2 \log 2$. It takes a few seconds, or
# half a minute on a busy machine.

# %%
unseen, classes = images.x_validation[:400], images.y_validation[:400]
critic, scores_at, codes_at = new_critic(encoder), {}, {}


def watch(step):
    feature_map, code = encoder(unseen, training=False)
    scores_at[step] = [critic(rows).numpy().ravel() for rows in pairs(feature_map, code)]
    codes_at[step] = code.numpy()


losses = train(encoder, critic, watch=watch)

# %% [markdown]
# The loss on the left, and the scores of the unseen pairs before and after. (Scores beyond -9 and 3
# are drawn at the edge.)

# %%
figure, axes = canvas(3, width=3.2)
axes[0].plot(losses, color=BLUE)
axes[0].axhline(2 * np.log(2), color=GREY, linestyle="--")
axes[0].set(title="training", xlabel="step", ylabel="loss in nats", ylim=(0, 2.5))
for axis, step in zip(axes[1:], (0, 120)):
    both = np.clip(scores_at[step], -9, 3)
    axis.hist(both.T, bins=24, range=(-9, 3), color=[BLUE, ORANGE], label=["own", "another's"])
    axis.set(title=f"step {step}", xlabel="score of an unseen pair", ylabel="pairs")
axes[2].legend(frameon=False)
show(figure, """Left, after the first steps, the loss falls far below the dashed line at 2 log 2. In
the middle, before the training, the scores of both kinds of pairs lie on one heap. Right, after it,
those of an image's own code lie mostly above 0, those of another's code mostly far below.""")

# %%
right = [np.mean(scores_at[120][0] > 0), np.mean(scores_at[120][1] < 0)]
print(f"loss of the last 20 steps: {np.mean(losses[-20:]):.2f} nats")
print(f"unseen pairs judged rightly: own {right[0]:.0%}, another's {right[1]:.0%}")


# %% [markdown]
# (In the first steps the loss may lie above the dashed line, and even jump out of the frame: a
# critic that gives large scores at random pays more than one that gives 0 to everything.) A success
# by the curve and by both histograms: the loss has fallen far, and pairs that were never seen are
# mostly judged rightly. Map and code tell a lot about each other.
#
# ## What is the code worth?
#
# The three probes of lesson 04, on frozen encoders: the control is the same encoder with its first
# weights. **Predict**: is the trained code better with all three, with some, with none? Three seeds
# each; from fifteen seconds to a few minutes, as busy as your machine is.

# %%
def worth(encoder):
    """Test accuracies of three probes on the frozen codes of an encoder."""
    codes = evaluation.frozen_codes(encoder, images)
    few = [evaluation.few_label_accuracy(codes, 10, run_seed(seed)) for seed in range(5)]
    return {"linear": evaluation.linear(codes), "neighbours": evaluation.knn(codes),
            "ten labels": np.mean(few)}  # fmt: skip


def with_intervals(row):
    """`{probe: (accuracy, low, high)}` of the accuracies of a row."""
    n = images.test_originals
    return {probe: (a, *evaluation.accuracy_interval(a * n, n)) for probe, a in row.items()}


# %%
results = {}
for seed in range(3):
    keras.utils.set_random_seed(run_seed(seed))
    own = build_encoder(images.image_shape, 64)
    results[f"random {seed}"] = worth(own)
    train(own, new_critic(own), seed=seed)
    results[f"global {seed}"] = worth(own)
    print(f"seed {seed} is ready")

# %%
results = dict(sorted(results.items(), reverse=True))
for name, row in results.items():
    print(f"{name:9}", {probe: f"{accuracy:.2f}" for probe, accuracy in row.items()})
told = "; ".join(f"{name} " + ", ".join(f"{100 * a:.0f}" for a in row.values())
                 for name, row in results.items())  # fmt: skip
judged = {name: with_intervals(row) for name, row in results.items()}
show(accuracies(judged), f"""Test accuracies in percent with intervals, of three random encoders
and the same after the training, for three probes. {told}.""")


# %% [markdown]
# **With neighbours far worse; with the other two probes not much different.** Before and after,
# their intervals mostly overlap. The objective was reached, and the code is worth about as much as
# a random one, or far less, depending on whom you ask. How can that be? Nobody asked for digits. We
# asked for whatever tells an image from another one. So what is it that the code says?
#
# ## Scale, or information?
#
# A probe may fail because something is not there, or because it is small beside something else. The
# two can be told apart: give every direction of the code the same variance, and probe again.
#
# ### Exercise 5: `whiten`, free
#
# *Hard, 12 minutes.* One affine map, found on the training codes, that gives *them* the mean 0 and
# the covariance 1: no two directions go together, and all vary alike. `np.linalg.eigh` takes a
# covariance apart. Which numbers may be taken from the test set? And a direction in which the
# training codes do not vary at all?

# %% tags=["solution"]
def whiten(train, test):
    """`(train, test)` `[N, D]` by one map: the training codes have mean 0 and covariance 1."""
    mean = train.mean(axis=0)
    centered = train - mean
    variances, directions = np.linalg.eigh(centered.T @ centered / len(train))
    varying = variances > 1e-10 * variances.max()
    scale = np.where(varying, np.sqrt(np.where(varying, variances, 1.0)), np.inf)
    return centered @ (directions / scale), (test - mean) @ (directions / scale)


# %% tags=["nbval-check-output"]
feedback = check.whiten(whiten)
whitened = feedback.use
feedback

# %%
raw = [evaluation.encode(encoder, part) for part in (images.x_train, images.x_test)]
for name, (codes, _) in {"as it is": raw, "whitened": whitened(*raw)}.items():
    deviations = np.sqrt(np.abs(np.linalg.eigvalsh(np.cov(codes.T))))
    print(f"{name}: deviations from {deviations.min():.3g} to {deviations.max():.3g}")


# %% [markdown]
# ## What the code says instead
#
# Look at the codes themselves. How many of the 64 directions do they use? The squared singular
# values of the centred codes say how much of their variance lies in each.

# %%
def shares(codes):
    """Of the variance of codes `[N, D]`, the share of each principal direction, largest first."""
    values = np.linalg.svd(codes - codes.mean(axis=0), compute_uv=False) ** 2
    return values / values.sum()


for step in (0, 20, 60, 120):
    print(f"step {step:3}: the first direction has {shares(codes_at[step])[0]:.0%} of the variance,",
          f"the first two {shares(codes_at[step])[:2].sum():.0%}")  # fmt: skip


# %% [markdown]
# From a cloud in many directions the codes have turned into something very thin: one or two
# directions hold almost all of the variance. What is laid out along them? A suspect is the *place*
# of the digit. We measure it as the mean column and the mean row of the ink.

# %%
def mean_column(images):
    """The mean column of the ink of each image `[N]`, in pixels."""
    ink = images.mean(axis=(1, 3))  # [N, columns]
    return ink @ np.arange(ink.shape[1]) / ink.sum(axis=1)


columns = mean_column(unseen)
rows = mean_column(np.swapaxes(unseen, 1, 2))  # of the images lying on their side


# %% [markdown]
# And where an image lies along the first and the second direction. **Predict**: do these have to do
# with the place of the ink, before the training and after it? (+1 and -1 are the two ways to agree
# fully; the sign of a direction is arbitrary.)

# %%
def along(step):
    """The codes after a step along their first two directions: `[2, N]`."""
    centred = codes_at[step] - codes_at[step].mean(axis=0)
    return np.linalg.svd(centred, full_matrices=False)[2][:2] @ centred.T


for step in (0, 120):
    for number, values in enumerate(along(step), start=1):
        with_column, with_row = (np.corrcoef(values, where)[0, 1] for where in (columns, rows))
        print(f"step {step:3}, direction {number}: correlation with the mean column",
              f"{with_column:+.2f}, with the mean row {with_row:+.2f}")  # fmt: skip


# %% [markdown]
# Move the slider through the training: every point is an unseen image, drawn as its digit, with its
# place along the first direction and the mean column of its ink. (If your table says that the first
# direction goes with the row, put `rows` for `columns` in the cell.)

# %%
def along_the_line(step):
    first = along(step)[0]
    correlation = np.corrcoef(first, columns)[0, 1]
    figure, axis = canvas(width=4.6)
    for label in np.unique(classes):
        of_it = classes == label
        axis.scatter(first[of_it], columns[of_it], s=22, marker=f"${label}$", color=BLUE,
                     linewidth=0.3)  # fmt: skip
    axis.set(xlabel="code along its first direction", ylabel="mean column of the ink in pixels")
    axis.set_title(f"step {step}: correlation {correlation:+.2f}")
    return show(figure, f"""Unseen images as points: their code along its first direction, and where
    in the picture their ink is. The correlation is {correlation:+.2f} after {step} steps.""")


# %%
explorer(along_the_line, step=(0, 120, 20, 0))

# %%
along_the_line(120)


# %% [markdown]
# On the digits, which stand at random places, the directions that hold the variance are the *place*
# of the digit, with all ten classes mixed along them: from left to right and, where a second
# direction has its share, from top to bottom. (A centred data set such as MNIST has less of that to
# offer; there, look at the correlation with something else, such as the amount of ink.) The random
# encoder knew the place too, among much else. Now nearly all of the variance is place.
#
# Is it the *critic* that wants this? A test: we hold the code of each unseen image against the map
# of another image with a digit at (nearly) **the same place**, whatever its class, and against that
# of the image seven further, which has nothing to do with it. **Predict** how often it says
# "belongs together".

# %%
def other_at_the_same_place():
    """For each unseen image the index of the image whose ink is nearest to its own."""
    far = (rows[:, None] - rows) ** 2 + (columns[:, None] - columns) ** 2
    np.fill_diagonal(far, np.inf)
    return far.argmin(axis=1)


# %%
feature_map, code = (output.numpy() for output in encoder(unseen, training=False))
flat = feature_map.reshape(len(unseen), -1)
others = other_at_the_same_place()
for name, order in {"its own": np.arange(400), "another's": np.roll(np.arange(400), 7),
                    "another's, same place": others}.items():  # fmt: skip
    said = critic(np.concatenate([flat[order], code], axis=1)).numpy() > 0
    print(f"map is {name:22}: {said.mean():.0%} taken to belong together")
print(f"pairs at the same place that are of one class: {np.mean(classes == classes[others]):.0%}")


# %% [markdown]
# The critic takes a digit at the same place for the right one far more often than any other. So
# place is much of what it goes by.
#
# Now we can say why the global objective is weak, and what we have shown of it:
#
# - **Shown**: pairs at the same place fool this critic far more often than random ones, so place is
#   much of what it goes by, and place is nearly all of the variance of the code.
# - **An argument, not an experiment**: a trait that differs between most pairs brings the loss most
#   of the way down, and little in the loss asks for more.
# - **Shown**: neighbours, which measure distance by variance, no longer find the class. A linear
#   probe, which may enlarge small directions, finds roughly what it found before.
# - **A reading, not shown**: a longer training might get from the place to the class. The README's
#   table has longer ones, with a prior (lesson 07) beside the objective: the linear probe ends in
#   the region of the random encoder there, too, and far below the local objective. With InfoNCE the
#   wall is plain to see as a number: the bound is close to its ceiling $\log N$ after an epoch or
#   two, and then there is nothing left to climb.
#
# The paper reports the same order: its global DIM stays far behind the local one in every table.
#
# ## What could go wrong
#
# A colleague's negatives move both sides, so that "everything is shuffled well". Another one takes
# a random order, which leaves one item in its place on average. **Predict** both curves.

# %%
def both_moved(feature_map, code):
    features = tf.reshape(feature_map, [tf.shape(code)[0], -1])
    moved = tf.concat([tf.roll(features, 1, axis=0), tf.roll(code, 1, axis=0)], axis=1)
    return tf.concat([features, code], axis=1), moved


def shuffled(feature_map, code):
    features = tf.reshape(feature_map, [tf.shape(code)[0], -1])
    moved = tf.concat([tf.random.shuffle(features), code], axis=1)
    return tf.concat([features, code], axis=1), moved


# %%
curves = {"your pairs": losses}
for name, pairs_of in {"shuffled": shuffled, "both sides moved": both_moved}.items():
    keras.utils.set_random_seed(run_seed())
    another = build_encoder(images.image_shape, 64)
    curves[name] = train(another, new_critic(another), pairs_of=pairs_of)
    print(f"trained with {name}")
for name, curve in curves.items():
    print(f"{name:16}: loss of the last 20 steps {np.mean(curve[-20:]):.2f} nats")

# %%
figure, axis = canvas(width=5)
for (name, curve), color in zip(curves.items(), (BLUE, BLACK, ORANGE)):
    axis.plot(curve, color=color, label=name)
axis.axhline(2 * np.log(2), color=GREY, linestyle="--", label="2 log 2: knows nothing")
axis.set(xlabel="step", ylabel="loss in nats", ylim=(0, 2.5))
axis.legend(frameon=False, loc="upper right", ncols=2)
show(figure, """Three curves of the loss. After a jump in the first steps, that of your pairs falls,
and that of the shuffled ones too, but less far. That of the pairs with both sides moved settles on
the dashed line at 2 log 2 and stays there.""")

# %% tags=["nbval-check-output"]
check.global_pairs(both_moved)

# %% [markdown]
# Moved together, every row is a positive pair again: both kinds are the same, and there is nothing
# to tell apart. This mistake at least shows, **if you know where knowing nothing lies**: the loss
# settles at 1.386. Shuffled negatives show less: about one pair of 64 is wrong, the loss still
# falls, only not as far, and without a second curve to compare with you would call it a success.
# That one is found by counting, as you did above.
#
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. The loss of the global objective is almost 0. What do you know about the code?
#
# <details><summary>It holds nearly all information about the image.</summary>It holds enough to tell an
# image from a random other one. That may be very little, as you saw.</details>
# <details><summary>It tells most pairs of images apart.</summary>Right, and no more than that.</details>
# <details><summary>It is good for classifying.</summary>The probes said otherwise: the loss fell, and
# neighbours got worse.</details>
#
# #### 2. Why do encoder and critic share one optimizer?
#
# <details><summary>They lower the same loss.</summary>Right. They cooperate; lesson 07 has the one place
# in Deep InfoMax where two networks are opponents.</details>
# <details><summary>The encoder has to fool the critic.</summary>That belief comes from adversarial
# training. An encoder that fooled this critic would have a code that says nothing.</details>
# <details><summary>To save memory.</summary>Adam keeps two numbers for each weight, whoever owns
# it.</details>
#
# #### 3. The negatives are a random permutation of the batch. What is wrong?
#
# <details><summary>Nothing: each code gets a random map.</summary>About one of them gets its own, in a
# batch of any size. It is a positive pair with the label negative.</details>
# <details><summary>On average one positive pair is among them.</summary>Right. A derangement has
# none.</details>
# <details><summary>The gradient cannot pass a permutation.</summary>It can: reordering is
# differentiable.</details>
#
# ## In this lesson we saw
#
# - **positive and negative pairs** of maps and codes, and that one side has to move, all of it;
# - **the global objective**: one question for each image, answered by encoder and critic together;
# - that its loss can fall far while the code gets no better, and for neighbours much worse, than a
#   random one: on the digits it became, for the most part, one or two coordinates of the digit;
# - the habit of asking *what else* could explain a good curve, and testing it.
#
# **Next**: lesson 06 asks many small questions in place of the big one: does this code belong to
# *this patch*? One trait of the whole image will no longer do.

# %%
check.progress()
