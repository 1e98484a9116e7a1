# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 The weighted loss
#
# **Afterwards you can**
#
# - put the global bound, the local bound and the prior into one loss, and say what each of its
#   three weights does;
# - write a training step for several networks, and prove with one line that the right ones moved;
# - train any number of encoders in one run with Keras, watch them with callbacks, and save them.
#
# **Time** about 40 minutes. **You need** lessons 04 to 07 (the lesson runs without them, on our
# functions), and to have met `tf.GradientTape` once.

# %%
import tempfile
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from dimlearn import build_encoder as library_encoder
from dimlearn import check, data
from dimlearn.evaluation import encode, standardize
from dimlearn.pictures import LiveTraining, canvas, explorer, show, training_step
from dimlearn.pictures.style import BLUE, GREEN, GREY, ORANGE, RED
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## What you have already
#
# Everything that this lesson puts together you have met. `check.yours` brings back what *you* wrote
# in the earlier lessons, judges it once more, and gives you ours where yours is missing. (Python
# loops over all pairs are right, but take minutes to compile for 64 images. If your `local_jsd` has
# them, take ours for once: `from dimlearn.information.bounds import local_jsd`.)

# %%
build_encoder = check.yours("build_encoder")
global_pairs = check.yours("global_pairs")
global_loss = check.yours("global_loss")
local_scores = check.yours("local_scores")
local_jsd = check.yours("local_jsd")
local_infonce = check.yours("local_infonce")
prior_loss = check.yours("prior_loss")
discriminator_loss = check.yours("discriminator_loss")

# %% [markdown]
# ## The whole step in one picture
#
# Full arrows: what is computed. Dashed arrows: where gradients flow back. **Predict** before you
# run the cell: there are four networks. How many optimizers are needed, and which of the four must
# *not* be moved by the gradient of the weighted loss?

# %%
show(training_step(alpha=0.6, beta=0.4, gamma=0.2), """From left to right: image, encoder, feature
map and code; a global and a local critic, and a discriminator that also gets prior samples; two
bounds and the prior loss, which make the weighted loss. Its gradient flows back to the encoder and
the critics. The discriminator has a loss and an optimizer of its own.""")

# %% [markdown]
# Two optimizers. Encoder and critics want the *same* thing, high bounds, so one optimizer moves
# them together (blue borders). The discriminator is the one opponent: the weighted loss reaches the
# encoder *through* it, but only its own loss moves it.
#
# ## Three numbers become one
#
# Deep InfoMax (Hjelm et al. 2019, Eq. 8) maximises $\alpha$ times the global and $\beta$ times the
# local bound, and plays the prior game with weight $\gamma$. As a loss, to be minimised:
#
# $$\mathcal{L} = -\alpha\, \hat I_\mathrm{global} - \beta\, \hat I_\mathrm{local}
# + \gamma\, \mathcal{L}_\mathrm{prior}.$$
#
# To have numbers for it we need images and the three networks beside the encoder. The local critic
# projects each location and each code, and hands both to your `local_scores`. (A score is a sum
# over `units` products, which grows like the root of their number; divided by that root, the first
# scores are small whatever the size.)

# %%
dataset = data.load(limit=1600)
shuffled = tf.data.Dataset.from_tensor_slices(dataset.x_train).shuffle(1600, seed=run_seed())
batches = shuffled.batch(64, drop_remainder=True)
first_batch = tf.constant(dataset.x_train[:64])


# %%
class LocalCritic(keras.Model):
    def __init__(self, units=128):
        super().__init__()
        self.units = units
        self.of_location = keras.layers.Dense(units)
        self.of_code = keras.layers.Dense(units)

    def call(self, feature_map, code):
        locations = feature_map.shape[1] * feature_map.shape[2]
        features = tf.reshape(feature_map, [-1, locations, feature_map.shape[3]])
        return local_scores(self.of_location(features), self.of_code(code)) / self.units**0.5


# %% [markdown]
# The global critic and the discriminator are the same kind of network: one hidden layer, one
# number out.

# %%
def small_network(units=128):
    return keras.Sequential([keras.layers.Dense(units, activation="relu"), keras.layers.Dense(1)])


def new_encoder(seed=0):
    keras.utils.set_random_seed(run_seed(seed))
    return build_encoder(dataset.image_shape, 64)


# %% [markdown]
# Each of the three terms is then one line of your earlier work:

# %%
def global_bound(critic, feature_map, code):
    positive, negative = global_pairs(feature_map, code)
    return -global_loss(critic(positive), critic(negative))


def local_bound(critic, feature_map, code):
    return local_jsd(critic(feature_map, code))


def loss_of_prior(discriminator, code):
    return prior_loss(discriminator(tf.sigmoid(code)))


# %% [markdown]
# **Predict**: nothing is trained yet, so all scores are near 0. What is the JSD bound then? (Lesson
# 03 had it.) And the prior loss, a softplus of the logit, if the logit is near 0 too?

# %%
feature_map, code = new_encoder()(first_batch)
values = {
    "global bound": float(global_bound(small_network(), feature_map, code)),
    "local bound": float(local_bound(LocalCritic(), feature_map, code)),
    "prior loss": float(loss_of_prior(small_network(), code)),
}
print({name: round(value, 2) for name, value in values.items()}, "nats")
print(f"-2 log 2 = {-2 * np.log(2):.2f}, log 2 = {np.log(2):.2f}")


# %% [markdown]
# Both bounds stand at $-2 \log 2$, where every training of them must begin. The prior loss does not
# stand at $\log 2$ but some tenths beside it: the discriminator is fed 64 numbers around 0.5, not
# around 0, so that even an untrained one has logits that differ from 0.
#
# ### Exercise 1: `dim_loss`, free
#
# *Easy, 3 minutes. Stuck? `check.hint("dim_loss")`, then `check.solution("dim_loss")`; you may
# always move on.* Three signs to get right: which of the terms should become large, which small?

# %% tags=["solution"]
def dim_loss(global_mi, local_mi, prior_loss, alpha, beta, gamma):
    """The weighted loss in nats: a scalar to be minimised."""
    return -alpha * global_mi - beta * local_mi + gamma * prior_loss


# %% tags=["nbval-check-output"]
feedback = check.dim_loss(dim_loss)
weighted_loss = feedback.use
feedback


# %% [markdown]
# Now the picture with the numbers of this batch and your loss. Move the sliders. **Predict** first:
# what happens to the right end, and what to the picture, when a weight becomes 0?

# %%
def step_with(alpha, beta, gamma):
    loss = float(weighted_loss(*values.values(), alpha, beta, gamma))
    figure = training_step(alpha, beta, gamma, {**values, "loss": loss})
    return show(figure, f"""The training step with alpha {alpha:g}, beta {beta:g}, gamma {gamma:g}:
    its weighted loss is {loss:.2f} nats; parts with the weight 0 are pale.""")


explorer(step_with, alpha=(0.0, 1.0, 0.1, 0.6), beta=(0.0, 1.0, 0.1, 0.4),
         gamma=(0.0, 1.0, 0.1, 0.2))  # fmt: skip

# %% [markdown]
# The same without sliders, for the paper's local method DIM(L), $(0, 1, 0.1)$:

# %%
step_with(alpha=0.0, beta=1.0, gamma=0.1)


# %% [markdown]
# A term with **weight 0 is left out**: its critic gets no gradient, so there is no reason to
# compute it, and no reason to build the network. The seminar project that this course continues
# had four settings, which we will train below: *global* $(1, 0, 1)$, *local* $(0, 1, 0.1)$, *mixed*
# $(0.6, 0.4, 0)$ and *complete* $(0.6, 0.4, 0.2)$.
#
# ## A step, worked out
#
# A training step always has the same four parts. Here is the whole of the discriminator's:

# %%
def discriminator_step(code, discriminator, optimizer):
    uniform = tf.random.uniform(tf.shape(code))
    with tf.GradientTape() as tape:  # 1. forward, on record, down to one number
        loss = discriminator_loss(discriminator(uniform), discriminator(tf.sigmoid(code)))
    variables = discriminator.trainable_variables  # 2. who is to move
    gradients = tape.gradient(loss, variables)  # 3. in which direction
    optimizer.apply_gradients(zip(gradients, variables))  # 4. move
    return loss


# %% [markdown]
# **Which part** makes sure that the encoder, which made the code, stays where it is? (Part 2: what
# is not in the list does not move.) Twenty steps on the same code:

# %%
discriminator, optimizer = small_network(), keras.optimizers.Adam(1e-3)
losses = [float(discriminator_step(code, discriminator, optimizer)) for _ in range(20)]
print(f"discriminator loss: {losses[0]:.2f} at first, {losses[-1]:.2f} after 20 steps")


# %% [markdown]
# It falls: codes of an untrained encoder are easily told from uniform samples. (Why `tf.random` and
# not NumPy, as in your `sample_prior`? Steps will be compiled below, and a compiled function runs
# NumPy *once*, when it is compiled. Here it "draws" twice:)

# %%
@tf.function
def compiled_draw():
    return np.random.default_rng().uniform(size=3)


print(compiled_draw().numpy().round(3), compiled_draw().numpy().round(3))


# %% [markdown]
# The same sample, and so for ever. TensorFlow's own generator draws anew at every step.
#
# ### Exercise 2: `train_step`, free
#
# *Medium, 10 minutes.* One step of the local objective. The same four parts, with three things to
# think about:
#
# - the loss is what is *minimised*, `local_jsd` what is to be *large*;
# - two networks move, so two lists of variables become one;
# - the encoder has batch normalisation: say `encoder(images, training=True)`, and you get the pair
#   `feature_map, code`; `critic(feature_map, code)` gives the scores `[N, N, L]`.
#
# Return the loss as the tensor that it is, not `float(loss)` or `loss.numpy()`: further down the
# step is compiled, where a tensor has no value yet that could be taken out.

# %% tags=["solution"]
def train_step(images, encoder, critic, optimizer):
    """One step on `-local_jsd` for encoder and critic together: the scalar loss before it."""
    with tf.GradientTape() as tape:
        feature_map, code = encoder(images, training=True)
        loss = -local_jsd(critic(feature_map, code))
    variables = encoder.trainable_variables + critic.trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables))
    return loss


# %% tags=["nbval-check-output"]
feedback = check.train_step(train_step)
step = feedback.use
feedback


# %% [markdown]
# Trust, but look: after *one* step, what has moved? Three groups should have: the encoder's
# weights, the critic's weights, and the moving averages of the encoder's batch normalisation.

# %%
def new_pair(seed=0):
    encoder, critic = new_encoder(seed), LocalCritic()
    critic(*encoder(first_batch))  # the first call makes the critic's weights
    return encoder, critic


def groups(encoder, critic):
    return {"encoder's weights": encoder.trainable_variables,
            "critic's weights": critic.trainable_variables,
            "moving averages": encoder.non_trainable_variables}  # fmt: skip


# %%
def what_moves(one_step, seed=0):
    """Run one step on a new pair and print how many variables of each group it moved."""
    pair = new_pair(seed)
    before = {name: [v.numpy() for v in group] for name, group in groups(*pair).items()}
    one_step(first_batch, *pair, keras.optimizers.Adam(1e-3))
    for name, group in groups(*pair).items():
        count = sum(np.any(old != v.numpy()) for old, v in zip(before[name], group))
        print(f"{name}: {count} of {len(group)} moved")


what_moves(step)


# %% [markdown]
# Keep `what_moves` in mind: it is the cheapest test of any training loop.
#
# ## Keras does the rest
#
# A loop over epochs, shuffling, a progress display, callbacks, saving: Keras has all of it. A
# `keras.Model` whose `train_step` is yours is enough:

# %%
class LocalDIM(keras.Model):
    def __init__(self, encoder, critic, one_step):
        super().__init__()
        self.encoder, self.critic, self.one_step = encoder, critic, one_step
        self.mean_loss = keras.metrics.Mean(name="loss")

    def train_step(self, images):
        self.mean_loss.update_state(
            self.one_step(images, self.encoder, self.critic, self.optimizer)
        )
        return {"loss": self.mean_loss.result()}

    @property
    def metrics(self):
        return [self.mean_loss]


# %% [markdown]
# `fit` compiles the step once and calls it for every batch. **Predict** the curve: where does it
# begin, which way does it go? It takes five to ten seconds, more on a busy machine.

# %%
def fit_pair(one_step, pair, epochs, **kwargs):
    model = LocalDIM(*pair, one_step)
    model.compile(keras.optimizers.Adam(1e-3))
    return model.fit(batches, epochs=epochs, verbose=0, shuffle=False, **kwargs).history["loss"]


encoder, critic = new_pair()
right = fit_pair(step, (encoder, critic), epochs=4,
                 callbacks=[LiveTraining({"loss": "minus the local bound"})])  # fmt: skip

# %%
print("mean loss of each epoch:", np.round(right, 2), "nats")

# %% [markdown]
# Down from $2 \log 2 = 1.39$, epoch by epoch. (How fast depends on your encoder: a narrow one, or
# one without batch normalisation, hardly moves in a hundred steps.)
#
# Is it a good loss? Look at *new* images, in the two ways in which the encoder can be called:

# %%
validation_batch = tf.constant(dataset.x_validation[:64])


def loss_on_validation(training):
    scores = critic(*encoder(validation_batch, training=training))
    return float(-local_jsd(scores))


predicting, as_in_training = loss_on_validation(False), loss_on_validation(True)
print(f"statistics of this batch:     {as_in_training:.2f} nats")
print(f"the moving averages instead:  {predicting:.2f} nats")


# %% [markdown]
# One encoder, and two numbers that should agree and do not. Batch normalisation divides by the
# statistics of the *batch* in training, and by *moving averages* when predicting. These forget 1 %
# at each step, unless told otherwise. Is it that they are stale? (If your encoder has no batch
# normalisation, the two numbers agree, and there is nothing to mend.)

# %%
def normalisations(encoder):
    kind = keras.layers.BatchNormalization
    return [layer for layer in encoder.layers if isinstance(layer, kind)]


def kept_variances():
    return [f"{np.mean(layer.moving_variance):.3f}" for layer in normalisations(encoder)]


steps = 4 * len(batches)
print(f"after {steps} steps {0.99**steps:.0%} of a moving average is still its first value")
print("moving variances, which began at 1:", kept_variances())

# %% [markdown]
# If that is the reason, then letting the averages catch up must mend it, without training
# anything. We let them forget 10 % at each step, pass three epochs forward and leave the weights
# alone:

# %%
for layer in normalisations(encoder):
    layer.momentum = 0.9
for images in batches.repeat(3):
    encoder(images, training=True)
print("moving variances now:", kept_variances())
print(f"the moving averages, caught up: {loss_on_validation(False):.2f} nats")


# %% [markdown]
# That was the reason. A long training never notices; a short one would be judged by stale
# statistics. From here on every encoder starts with the momentum 0.9:

# %%
def new_encoder(seed=0, build=build_encoder):
    keras.utils.set_random_seed(run_seed(seed))
    encoder = build(dataset.image_shape, 64)
    for layer in normalisations(encoder):
        layer.momentum = 0.9
    return encoder


# %% [markdown]
# ## What could go wrong: two steps that look fine
#
# Both mistakes below have been made in real code. Read them and **predict** for each: does the
# curve of the loss give it away?

# %%
def critic_forgotten(images, encoder, critic, optimizer):
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(*encoder(images, training=True)))
    variables = encoder.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


# %%
def flag_forgotten(images, encoder, critic, optimizer):
    with tf.GradientTape() as tape:
        loss = -local_jsd(critic(*encoder(images)))
    variables = encoder.trainable_variables + critic.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


# %% [markdown]
# Two epochs each, from the same first weights; it takes five to ten seconds, more on a busy
# machine.

# %%
mistakes = {"critic forgotten": critic_forgotten, "training=True forgotten": flag_forgotten}
pairs, curves = {name: new_pair() for name in mistakes}, {}
for name in mistakes:
    curves[name] = fit_pair(mistakes[name], pairs[name], epochs=2)
    print(f"{name}: ready")

# %%
figure, axis = canvas(width=5)
axis.plot([1, 2], right[:2], "o-", color=BLUE, label="right")
for (name, curve), style, color in zip(curves.items(), ("s--", "^:"), (ORANGE, RED)):
    axis.plot([1, 2], curve, style, color=color, label=name)
axis.set(xlabel="epoch", ylabel="mean loss in nats", xticks=[1, 2])
axis.legend(frameon=False)
told = ", ".join(f"{name} {a:.2f} and {b:.2f}" for name, (a, b) in curves.items())
show(figure, f"""Three lines, the mean loss of two epochs: right {right[0]:.2f} and {right[1]:.2f},
{told} nats.""")

# %% [markdown]
# All three fall, one of them hardly. With the critic forgotten, the encoder learns to please a
# *random* critic, and the curve is only slightly worse: no one who sees it alone would suspect
# anything. With the flag forgotten the loss hardly leaves $2 \log 2$ with our encoder: that curve
# gives itself away, to those who know where a loss begins. What gives both mistakes away at once is
# counting:

# %%
for name, mistake in mistakes.items():
    print(f"--- {name}")
    what_moves(mistake)


# %% [markdown]
# One group at zero in each. Where the flag is forgotten, nothing is ever normalised, in training or
# later: the averages stay at 0 and 1, and the layers that were to make training easy do next to
# nothing. (The check of `train_step` knows both: see
# `check.explain("train_step.critic_forgotten")`.)
#
# ## A probe that watches
#
# The loss does not say what a code is *worth*. A **probe** does: logistic regression on codes,
# trained on 1,000 labelled training images and scored on *validation* images (the test images stay
# untouched until lesson 09). The encoder only predicts.

# %%
def probe(encoder):
    train = encode(encoder, dataset.x_train[:1000])
    train, validation = standardize(train, encode(encoder, dataset.x_validation[:1000]))
    with threadpool_limits(1):  # on a busy machine many threads mostly wait for one another
        fit = LogisticRegression(max_iter=300).fit(train, dataset.y_train[:1000])
    return fit.score(validation, dataset.y_validation[:1000])


print(f"before any training: {probe(new_encoder()):.0%}, after four epochs: {probe(encoder):.0%}")


# %% [markdown]
# As a **callback** it runs after each epoch. What it writes into `logs` ends up in the history, and
# other callbacks can act on it: `EarlyStopping` ends a training when the probe has not risen for
# two epochs.

# %%
class Probe(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        logs["probe"] = probe(self.model.encoder)


def watchers():
    stop = keras.callbacks.EarlyStopping("probe", mode="max", patience=2)
    return [Probe(), stop]


# %% [markdown]
# ## Several encoders, one run
#
# Now everything together: the weighted loss as a model that builds only what has a weight, and owns
# its critics and both optimizers. Nothing in the class is new; it has three parts.
#
# - `__init__` makes the networks that the weights call for. The optimizer of encoder and critics
#   comes from `compile`; the discriminator's is ten times slower than in our twenty steps above, so
#   that the opponent does not run away from an encoder that is still moving.
# - `loss_of` is the weighted loss of a batch: each of your three terms, or 0 where its weight is 0.
# - `train_step` has the four parts that you know: forward on record, the variables of all who
#   cooperate (`if player` skips what was not built), gradients, move. Last comes the
#   discriminator's own step, on the same codes.

# %%
class WeightedDIM(keras.Model):
    def __init__(self, encoder, alpha, beta, gamma):
        super().__init__()
        self.encoder, self.alpha, self.beta, self.gamma = encoder, alpha, beta, gamma
        self.global_critic = small_network() if alpha else None
        self.local_critic = LocalCritic() if beta else None
        self.discriminator = small_network() if gamma else None
        self.discriminator_optimizer = keras.optimizers.Adam(1e-4)

    def loss_of(self, feature_map, code):
        whole = global_bound(self.global_critic, feature_map, code) if self.alpha else 0.0
        local = local_bound(self.local_critic, feature_map, code) if self.beta else 0.0
        prior = loss_of_prior(self.discriminator, code) if self.gamma else 0.0
        return weighted_loss(whole, local, prior, self.alpha, self.beta, self.gamma)

    def train_step(self, images):
        with tf.GradientTape() as tape:
            feature_map, code = self.encoder(images, training=True)
            loss = self.loss_of(feature_map, code)
        players = [self.encoder, self.global_critic, self.local_critic]
        variables = [v for player in players if player for v in player.trainable_variables]
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        if self.gamma:
            discriminator_step(code, self.discriminator, self.discriminator_optimizer)
        return {"dim_loss": loss}


# %% [markdown]
# Three short epochs are little for a narrow encoder, so the four start from the library's, which is
# wide and normalised in every hidden layer. (`build=build_encoder` races on yours: try it later.)
# In so few epochs `EarlyStopping` cuts nobody short; in long trainings it saves hours.
#
# **Predict** which setting makes the best codes, and whether the prior helps: *mixed* and
# *complete* differ in it only. It takes about twenty seconds, more on a busy machine.

# %%
settings = {"global": (1, 0, 1), "local": (0, 1, 0.1), "mixed": (0.6, 0.4, 0),
            "complete": (0.6, 0.4, 0.2)}  # fmt: skip
encoders, histories = {}, {}
for name, weights in settings.items():
    encoders[name] = new_encoder(build=library_encoder)
    model = WeightedDIM(encoders[name], *weights)
    model.compile(keras.optimizers.Adam(1e-3))
    history = model.fit(batches, epochs=3, verbose=0, shuffle=False, callbacks=watchers())
    histories[name] = history.history["probe"]
    print(f"{name} {weights}: {histories[name][-1]:.0%}")

# %%
figure, axis = canvas(width=5)
styles = zip(histories.items(), ("o-", "s--", "^-.", "D:"), (ORANGE, BLUE, GREEN, RED))
for (name, accuracies), style, color in styles:
    axis.plot(range(1, len(accuracies) + 1), 100 * np.array(accuracies), style, color=color,
              label=name)  # fmt: skip
untrained = probe(new_encoder(build=library_encoder))
axis.axhline(100 * untrained, color=GREY, linestyle="--", label="untrained")
axis.set(xlabel="epoch", ylabel="accuracy of the probe in percent", xticks=[1, 2, 3])
axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
told = ", ".join(f"{name} {accuracies[-1]:.0%}" for name, accuracies in histories.items())
show(figure, f"The probe's accuracy after each epoch for four settings; at the end {told}.")

# %% [markdown]
# One run, four encoders, nobody in another's way. On the digits *local* is ahead. A reason why the
# others are not: lesson 05 saw that telling whole images apart is too easy a question. Differences
# of a few points, such as those among the other three, cannot be read from one seed and three
# epochs.
#
# ## What the weights do to the codes
#
# The accuracy is one number. Let us look at the codes themselves: projected to the plane by
# principal components (each image is drawn as its label), and all their entries behind the
# sigmoid, which the prior wants to be spread evenly.

# %%
seen, labels = dataset.x_validation[:400], dataset.y_validation[:400]
codes = {name: encode(encoder, seen) for name, encoder in encoders.items()}
colors = [BLUE, ORANGE, GREEN, RED, GREY]


def draw_codes(axis, name):
    points = PCA(2).fit_transform(codes[name])
    for label in np.unique(labels):
        axis.scatter(*points[labels == label].T, s=22, marker=f"${label}$", linewidth=0.3,
                     color=colors[label % 5])  # fmt: skip
    axis.set(title=name, xlabel="first component", ylabel="second component")


# %% [markdown]
# The sigmoids of all entries in one histogram, beside the prior's even line:

# %%
def draw_histogram(axis, name):
    squashed = 1 / (1 + np.exp(-codes[name].ravel()))
    axis.hist(squashed, bins=20, range=(0, 1), density=True, color=BLUE)
    axis.axhline(1, color=ORANGE, linestyle="--", label="the prior")
    axis.set(title=name, xlabel="sigmoid of a code's entry", ylabel="density")


# %%
figure, axes = canvas(4, width=2.6, height=2.8)
for axis, name in zip(axes, codes):
    draw_codes(axis, name)
show(figure, """Four clouds of codes in the plane, each point drawn as its label. Equal labels lie
near each other here and there, but no cloud falls into ten groups.""")

# %%
ends = {}
for name in codes:
    squashed = 1 / (1 + np.exp(-codes[name]))
    ends[name] = np.mean((squashed < 0.05) | (squashed > 0.95))
    print(f"{name} {settings[name]}: {ends[name]:.0%} of the entries in the outer twentieths")

# %%
figure, axes = canvas(4, width=2.6, height=2.4, sharey=True)
for axis, name in zip(axes, codes):
    draw_histogram(axis, name)
axes[0].legend(frameon=False, fontsize=8)
told = ", ".join(f"{name} {share:.0%}" for name, share in ends.items())
show(figure, f"""Histograms of the codes' entries behind a sigmoid for four settings, with a dashed
line at the density 1 of the uniform prior. In the two outer twentieths lie: {told}.""")


# %% [markdown]
# An even spread would have 10 % there. Compare *mixed* and *complete*, which differ in $\gamma$
# only: without the prior hardly an entry comes near the ends, with it far more do, on the digits
# about a fifth. In these 75 steps the prior has pushed the entries outward, and further than it
# wanted: the game is far from its balance, and what $\gamma$ does in a long training cannot be
# seen in a short one.
#
# Nor do the clouds fall into ten groups: two components show little of 64 numbers, of which the
# probe uses all.
#
# The same for one setting at a time:

# %%
def look_at(setting):
    figure, axes = canvas(2, width=4)
    draw_codes(axes[0], setting)
    draw_histogram(axes[1], setting)
    weights = "alpha {}, beta {}, gamma {}".format(*settings[setting])
    return show(figure, f"""Codes of the setting {setting} ({weights}) in the plane, each drawn as
    its label, and the histogram of their entries behind a sigmoid.""")


explorer(look_at, setting=list(settings))


# %% [markdown]
# ## All of it in one step
#
# ### Exercise 3: `dim_step`, free
#
# *Hard, 15 minutes.* The whole step of DIM(L): encoder and critic go down `-beta` times
# `local_infonce` plus `gamma` times the prior loss; the discriminator goes down its own loss, with
# its own optimizer, on the same codes. Three things decide whether it is right: whose variables
# each gradient is taken for, that *all* gradients are computed before anything moves, and that
# there is one pass through the encoder, as in training. Return both losses as tensors.

# %% tags=["solution"]
def dim_step(images, prior, encoder, critic, discriminator, optimizer, discriminator_optimizer,
             beta, gamma):
    """One step of all three networks: `(loss, discriminator_loss)` before it."""
    with tf.GradientTape(persistent=True) as tape:
        feature_map, code = encoder(images, training=True)
        logits = discriminator(tf.sigmoid(code))
        bound = local_infonce(critic(feature_map, code))
        loss = -beta * bound + gamma * prior_loss(logits)
        other = discriminator_loss(discriminator(prior), logits)
    ours = encoder.trainable_variables + critic.trainable_variables
    theirs = discriminator.trainable_variables
    gradients, other_gradients = tape.gradient(loss, ours), tape.gradient(other, theirs)
    optimizer.apply_gradients(zip(gradients, ours))
    discriminator_optimizer.apply_gradients(zip(other_gradients, theirs))
    return loss, other


# %% tags=["nbval-check-output"]
feedback = check.dim_step(dim_step)
whole_step = feedback.use
feedback

# %%
encoder, critic = new_pair()
judge, paces = small_network(), (keras.optimizers.Adam(1e-3), keras.optimizers.Adam(3e-5))
uniform = tf.random.uniform([64, 64])
loss, other = whole_step(first_batch, uniform, encoder, critic, judge, *paces, 1.0, 0.1)
print(f"loss {loss:.2f}, discriminator {other:.2f} nats before the first step")

# %% [markdown]
# ## What could go wrong: one step for all
#
# The seminar project could train only one encoder per run. Its compiled step looked much like
# this. **Predict** what happens when the names `encoder` and `critic` are given to a new pair and
# the training is started again.

# %%
optimizer = keras.optimizers.Adam(1e-3)
encoder, critic = new_pair(seed=0)


@tf.function
def one_step_for_all(images):
    return step(images, encoder, critic, optimizer)


# %%
def twenty_steps():
    losses = [float(one_step_for_all(images)) for images in batches.take(20)]
    print(f"loss {losses[0]:.2f} at first, {losses[-1]:.2f} after twenty steps")


twenty_steps()

# %%
encoder, critic = new_pair(seed=1)
before = [variable.numpy() for variable in encoder.trainable_variables]
twenty_steps()
count = sum(np.any(old != v.numpy()) for old, v in zip(before, encoder.trainable_variables))
print(f"weights of the second encoder that moved: {count} of {len(before)}")


# %% [markdown]
# No error, a falling loss, and the second encoder has not moved. The **symptom** is in the first
# number: a new encoder should start near 1.4 again, but this loss goes on about where the first
# one stopped. `tf.function` compiled the step for the variables it saw; the *name* now means
# another network, the compiled step still trains the old one.
#
# So hand the networks over as arguments? The step is then compiled anew for each pair. One thing
# is still shared:

# %%
@tf.function
def step_of(images, encoder, critic):
    return step(images, encoder, critic, optimizer)


try:
    step_of(first_batch, encoder, critic)
except Exception as error:
    print(type(error).__name__, "...", str(error).strip().splitlines()[-1].strip())


# %% [markdown]
# An error, at least. (Its words depend on how the step calls the optimizer, and not all of them say
# what is the matter.) Adam remembers the past gradients of *each variable* that it was built for,
# and these are the first pair's. The cure is a function that makes everything anew:

# %%
def new_trainer(encoder, critic):
    own_optimizer = keras.optimizers.Adam(1e-3)

    @tf.function
    def own_step(images):
        return step(images, encoder, critic, own_optimizer)

    return own_step


first_loss = float(new_trainer(encoder, critic)(first_batch))
print(f"the second pair with its own step and optimizer begins at {first_loss:.2f} nats")

# %% [markdown]
# The rule is short: **one model, one compiled step, one optimizer (two with a discriminator)**. A
# `keras.Model` object owns all three, which is why the loop above could train four.
#
# ## Save and load
#
# An encoder is worth keeping: its codes are what everybody afterwards works with. The promise to
# keep is that the loaded one gives *identical* codes.

# %%
file = Path(tempfile.mkdtemp()) / "local.weights.h5"
encoders["local"].save_weights(file)
again = new_encoder(seed=1, build=library_encoder)
again(first_batch)  # so that every layer has its weights
print("another encoder, same codes:", np.array_equal(encode(again, seen), codes["local"]))
again.load_weights(file)
print("after loading, same codes:  ", np.array_equal(encode(again, seen), codes["local"]))

# %% [markdown]
# Identical to the last digit, moving averages included. (`encoder.save("local.keras")` keeps the
# architecture too, if it is made of Keras' own layers. The critics are not saved: their work is
# done.)
#
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. Why does one optimizer serve encoder and critics, while the discriminator has its own?
#
# <details><summary>The critics are part of the encoder.</summary>They are networks of their own,
# thrown away after training. They share a loss with the encoder, not layers.</details>
# <details><summary>Encoder and critics lower the same loss; the discriminator lowers another
# one.</summary>Right. What wants the same can move together. The discriminator wants to tell codes
# from the prior, the encoder wants that it cannot.</details>
# <details><summary>The encoder must fool the critics, but not the discriminator.</summary>It is the
# other way round: only the prior is a game. An encoder that fooled its critics would have a code
# that says nothing about the image.</details>
#
# #### 2. You double alpha, beta and gamma. What changes under Adam?
#
# <details><summary>The codes will hold twice the information.</summary>The weights scale the loss,
# not what it measures.</details>
# <details><summary>Hardly anything: Adam divides by the size of the gradients.</summary>Right, the
# optimum is the same and Adam's step does not depend on the scale. What counts is the *ratio* of
# the weights. Plain gradient descent would take steps twice as long.</details>
# <details><summary>The prior gets more weight than before.</summary>All three were doubled, so
# their ratios are what they were.</details>
#
# #### 3. The loss of your second encoder starts clearly below 2 log 2. What do you suspect?
#
# <details><summary>Lucky first weights.</summary>Untrained scores are near 0 whatever the seed, and
# then the loss is near 2 log 2.</details>
# <details><summary>The step still trains the first encoder.</summary>Right. Ask `what_moves`, or
# compare the second encoder's weights before and after.</details>
# <details><summary>The second encoder has learnt from the first.</summary>Two models share nothing
# unless you let them. Here they share a compiled step that knows one of them.</details>
#
# #### 4. Another run: training loss 0.7, validation loss 12 after four epochs. Overfitting?
#
# <details><summary>Yes: training is far better than validation.</summary>It looks like it. But in our
# run the same validation images gave a good loss with the batch's own statistics, and waiting for
# the moving averages mended the other one, with the same weights.</details>
# <details><summary>No: stale moving averages.</summary>Right, and there is a test for it: call the
# encoder with `training=True` on validation images, or let the averages catch up.</details>
# <details><summary>The validation images are harder.</summary>They come from the same place, and
# with the batch's statistics they do well.</details>
#
# ## In this lesson we saw
#
# - the **weighted loss** $-\alpha \hat I_\mathrm{global} - \beta \hat I_\mathrm{local} + \gamma
#   \mathcal L_\mathrm{prior}$, in which a term of weight 0 is neither computed nor built;
# - the **training step**: forward on record, variables, gradients, move; cooperating networks
#   together, the opponent apart;
# - three mistakes whose loss falls all the same, and the tests that find them: count what moved,
#   compare the two ways of calling the encoder, know where a loss must begin;
# - how Keras trains, watches, stops and saves as many encoders as you like in one run.
#
# **Next**: our little race was no fair comparison. It had one seed, three epochs, one kind of
# probe, no control but the untrained encoder, and no interval around any number. Lesson 09 does it
# properly, with the test images, once.

# %%
check.progress()
