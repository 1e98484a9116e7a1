# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 07 Prior matching
#
# **Afterwards you can**
#
# - say what the information terms leave open about a code, and how a prior closes it;
# - write the losses of both players of the game, and say whose gradient goes where;
# - tell the famous wrong version from the right one, by the codes and not by the losses;
# - say what a prior costs, from a measurement.
#
# **Time** about 35 minutes. **You need** lessons 04 and 06; having heard of GANs helps.

# %%
import numpy as np
from matplotlib.patches import FancyBboxPatch
from sklearn.linear_model import LogisticRegression

from dimlearn import DeepInfoMax, build_encoder, check, data
from dimlearn.deep_infomax import DotProductCritic, build_discriminator
from dimlearn.evaluation import encode, standardize
from dimlearn.pictures import LiveTraining, canvas, explorer, show
from dimlearn.pictures.style import BLUE, GREEN, GREY, ORANGE, RED
from dimlearn.startup import keras, run_seed, tf

# %% [markdown]
# ## What the information leaves open
#
# We train a code of only **two** numbers with the local objective of lesson 06, and no more. Two
# numbers can be drawn. (As there: the averages of batch normalisation settle faster than usual,
# because the training is short.)

# %%
images = data.load(limit=3072)


def new_encoder(code_dim):
    keras.utils.set_random_seed(run_seed(1))
    encoder = build_encoder(images.image_shape, code_dim)
    for layer in encoder.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9
    return encoder


# %%
model = DeepInfoMax(new_encoder(2), alpha=0, beta=1, gamma=0, units=64)
model.compile(keras.optimizers.Adam(2e-3))
model.fit(images.x_train, epochs=3, batch_size=32, verbose=0, callbacks=[LiveTraining()])
free_encoder = model.encoder


# %% [markdown]
# The numbers of a code can be anything. To draw them in a square we *squash* each with a sigmoid,
# which brings it between 0 and 1. **Predict**: how will the codes of 1,000 images lie in the
# square? Evenly? In ten heaps? At the border?

# %%
def squashed(encoder, count=1000):
    """Codes of images that were not trained on, each number between 0 and 1."""
    return tf.sigmoid(encode(encoder, images.x_validation[:count])).numpy()


def scatter(axis, points, title, color=BLUE):
    axis.scatter(*points.T, s=4, color=color, linewidth=0)
    axis.set(title=title, xlabel="first number", ylabel="second number", aspect="equal")
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))


# %%
sample_prior = check.yours("sample_prior")
wanted = np.array(sample_prior(1000, 2, seed=run_seed()))
free = squashed(free_encoder)
figure, axes = canvas(2, width=3.3, height=3.4)
scatter(axes[0], free, "codes, information only")
scatter(axes[1], wanted, "a sample of the prior", GREEN)
show(figure, """Two squares of points. Left, the codes form one cloud, dense in the middle, and
leave most of the square empty. Right, a uniform sample fills the square evenly.""")


# %% [markdown]
# The codes are a cloud somewhere in the square. It could as well be elsewhere, or wider: mutual
# information stays the same when a code is shifted, stretched or turned in any invertible way
# (lesson 01). It says nothing about *where* codes lie.
#
# Sometimes we want a say in that: numbers in a known range, independent of each other, every part
# of the range used, so that codes can be compared, sampled and stored. The paper's **prior
# matching** (Hjelm et al. 2019, section 3.3) pushes the codes towards a distribution of our choice,
# the **prior** $\mathbb{V}$. Its choice, and ours, is on the right: uniform on $[0, 1]^D$, for the
# code behind a sigmoid. The sample comes from `sample_prior` of lesson 00 (the progress list counts
# it here; it is yours if you have solved it, otherwise ours).
#
# ## The game
#
# How do we tell an encoder that its codes, all together, should look like the right picture? There
# is no formula for a single code. But a network can learn to tell the two pictures apart:
#
# - the **discriminator** $T$ is shown points and gives each a logit: high for "from the prior",
#   low for "a code";
# - the **encoder** changes its codes so that they get a high logit.
#
# Each has its own loss, and each loss moves *one* player. That is all there is, and
# it is easy to get wrong. Here is whose gradient goes where:

# %%
def box(axis, x, y, text, color, moves=False):
    patch = FancyBboxPatch((x - 0.95, y - 0.4), 1.9, 0.8, boxstyle="round,pad=0.05", linewidth=2,
                           facecolor=color if moves else "white", edgecolor=color)  # fmt: skip
    axis.add_patch(patch)
    axis.text(x, y, text, ha="center", va="center", color="white" if moves else color)


def arrow(axis, start, end, color=GREY, **style):
    look = {"arrowstyle": "-|>", "color": color, "linewidth": 1.5, **style}
    axis.annotate("", xy=end, xytext=start, arrowprops=look)


# %%
def players(axis, title, encoder_moves):
    box(axis, 1, 1, "encoder", BLUE, moves=encoder_moves)
    box(axis, 3.6, 1, "sigmoid", GREY)
    box(axis, 3.6, 3, "prior", GREEN)
    box(axis, 6.6, 2, "discriminator", ORANGE, moves=not encoder_moves)
    for start, end in [((1.95, 1.1), (2.65, 1.1)), ((4.55, 1.2), (5.7, 1.8))]:
        arrow(axis, start, end)
    axis.set(xlim=(-0.1, 11), ylim=(-0.4, 3.8), title=title)
    axis.set_axis_off()


# %%
figure, axes = canvas(1, width=7.5, height=2.7)
players(axes, "the discriminator's step", encoder_moves=False)
arrow(axes, (4.55, 2.8), (5.7, 2.2))
arrow(axes, (7.55, 2.1), (8.3, 2.1))
axes.text(8.4, 2.1, "discriminator loss", va="center", color=ORANGE)
arrow(axes, (9.6, 1.8), (7.4, 1.5), ORANGE, linewidth=3, connectionstyle="arc3,rad=-0.3")
axes.plot([5.0, 5.3], [1.75, 1.1], color=RED, linewidth=4)
axes.text(5.2, 0.5, "stop: no gradient\nto the encoder", ha="center", va="top", color=RED)
show(figure, """A diagram. Codes from the encoder, through the sigmoid, and samples of the prior go
into the discriminator and on to its loss. The gradient goes from the loss back to the discriminator
and is stopped before the sigmoid.""")

# %%
figure, axes = canvas(1, width=7.5, height=2.7)
players(axes, "the encoder's step", encoder_moves=True)
arrow(axes, (7.55, 2.1), (8.3, 2.1))
axes.text(8.4, 2.1, "prior loss", va="center", color=BLUE)
arrow(axes, (8.9, 1.8), (7.2, 1.45), BLUE, linewidth=3, connectionstyle="arc3,rad=-0.3")
arrow(axes, (6.0, 1.45), (4.4, 0.5), BLUE, linewidth=3, connectionstyle="arc3,rad=-0.2")
arrow(axes, (2.8, 0.5), (1.7, 0.5), BLUE, linewidth=3, connectionstyle="arc3,rad=-0.3")
axes.text(6.6, 2.9, "passes the gradient on,\ndoes not move", ha="center", color=ORANGE)
show(figure, """The same diagram for the encoder. Samples of the prior take no part. The gradient
goes from the prior loss back through the discriminator and the sigmoid to the encoder, which alone
moves.""")

# %% [markdown]
# Filled is who moves. As a formula it is a game (the paper's Eq. 7, after Goodfellow et al. 2014,
# [1406.2661](https://arxiv.org/abs/1406.2661)). $E(x)$ is the code, $T$ gives a logit, $\sigma$ is
# the sigmoid, and $\sigma(T(\cdot))$ the probability that a point is from the prior:
#
# $$\min_E \max_T \; \mathbb{E}_{v \sim \mathbb{V}} \log \sigma(T(v))
# + \mathbb{E}_{x} \log\big(1 - \sigma(T(\sigma(E(x))))\big).$$
#
# The same function $\sigma$ has two jobs here: the inner one squashes the code into the square, the
# outer one turns a logit into a probability. With sp the softplus, $\log \sigma(t) =
# -\mathrm{sp}(-t)$ and $\log(1 - \sigma(t)) = -\mathrm{sp}(t)$, so both parts become softplus.
#
# Mind the contrast: encoder and *critic* of lessons 05 and 06 maximise the same number and help
# each other. Only here are there opponents.
#
# ## The discriminator's loss
#
# A wrong "no" to a sample of the prior costs $\mathrm{sp}(-t)$, where $t$ is its logit; a wrong
# "yes" to a code costs $\mathrm{sp}(t)$. By hand, for one logit of each kind:

# %%
for words, t in {"cannot tell": 0.0, "sure and right": 5.0, "sure and wrong": -5.0}.items():
    on_prior, on_code = tf.nn.softplus(-t), tf.nn.softplus(-t)  # the code's logit is -t
    print(f"{words:15} prior {t:+.0f}, code {0 - t:+.0f}: loss {on_prior + on_code:.3f} nats")


# %% [markdown]
# One that cannot tell pays $2 \log 2 = 1.386$.
#
# ### Exercise 1: `discriminator_loss`, faded
#
# *Easy, 4 minutes. `check.hint("discriminator_loss")` helps; you may also move on.* The mean cost
# of the samples of the prior is given. Add that of the codes.

# %% tags=["solution"]
def discriminator_loss(prior_logits, code_logits):
    """What the discriminator minimises, for logits [N, 1] of both kinds: a scalar, nats."""
    wrong_no = tf.reduce_mean(tf.nn.softplus(-prior_logits))
    # Yours: the mean cost of a wrong yes to the codes, and return the sum of the two.
    return wrong_no + tf.reduce_mean(tf.nn.softplus(code_logits))


# %% tags=["nbval-check-output"]
feedback = check.discriminator_loss(discriminator_loss)
D_loss = feedback.use
feedback

# %% [markdown]
# (`D_loss` is short for the discriminator's loss; it has nothing to do with the $D$ numbers of a
# code.)
#
# Let it learn: a small network, the codes and the sample from the two pictures above, 200 steps.

# %%
keras.utils.set_random_seed(run_seed())
discriminator = build_discriminator(2)
optimizer = keras.optimizers.Adam(3e-3)


@tf.function
def discriminator_step(prior, codes):
    with tf.GradientTape() as tape:
        loss = D_loss(discriminator(prior), discriminator(codes))
    variables = discriminator.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss


# %%
losses = [float(discriminator_step(tf.constant(wanted, tf.float32), free)) for _ in range(200)]
print(f"loss at first {losses[0]:.3f}, at last {losses[-1]:.3f} nats")

# %%
grid = np.stack(np.meshgrid(np.linspace(0, 1, 60), np.linspace(0, 1, 60)), axis=-1)
opinion = tf.sigmoid(discriminator(grid.reshape(-1, 2).astype("float32"))).numpy()
figure, axis = canvas(width=4.6, height=3.6)
heat = axis.imshow(opinion.reshape(60, 60), extent=(0, 1, 0, 1), origin="lower", cmap="PuOr_r",
                   vmin=0, vmax=1)  # fmt: skip
scatter(axis, free, "what the discriminator thinks", "black")
figure.colorbar(heat, ax=axis).set_label("probability of being from the prior")
show(figure, """The unit square coloured by the discriminator's opinion: where the codes lie, black
points, it says code, everywhere else it says prior.""")


# %% [markdown]
# It has learnt the difference: inside the cloud a point is likely a code, anywhere else it must be
# from the prior. This map is all that the encoder is told. **Predict** where each code will want to
# go. (And when all have gone there?)
#
# ## The encoder's loss
#
# The encoder wants a "yes" for its codes, so it pays for a "no": $\mathrm{sp}(-t)$ with $t$ the
# logit of a code.
#
# ### Exercise 2: `prior_loss`, free
#
# *Easy, 3 minutes.*

# %% tags=["solution"]
def prior_loss(code_logits):
    """What the encoder minimises, for logits [N, 1] of its codes: a scalar, nats."""
    return tf.reduce_mean(tf.nn.softplus(-code_logits))


# %% tags=["nbval-check-output"]
feedback = check.prior_loss(prior_loss)
P_loss = feedback.use
feedback


# %% [markdown]
# Why not simply the discriminator's loss with the sign turned round, as the formula of the game
# says? Both want the same: a higher logit. They differ in *how hard they pull*. **Predict**: an
# encoder begins with codes that the discriminator recognises at once, logit $-5$. Which loss
# has the larger gradient there?

# %%
def pull(loss):
    """How strongly a loss pulls each logit upwards: minus its gradient."""
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(logits)
    return -len(logits) * tape.gradient(value, logits)[:, 0]


# %%
logits = tf.constant(np.linspace(-6, 6, 121, dtype="float32")[:, None])
figure, axis = canvas(width=5.6)
axis.plot(logits[:, 0], pull(P_loss), color=BLUE, label="prior loss (non-saturating)")
turned = pull(lambda t: -tf.reduce_mean(tf.nn.softplus(t)))
axis.plot(logits[:, 0], turned, "--", color=ORANGE, label="turned round (saturating)")
axis.set(xlabel="logit of a code (low: recognised as a code)", ylabel="upward pull on the logit")
axis.set_ylim(-0.05, 1.3)
axis.legend(frameon=False, loc="upper center", ncols=2)
show(figure, """Two mirrored curves. The pull of the prior loss is 1 for codes that are recognised
and falls to 0 for those taken for the prior; that of the turned loss is just the other way
round.""")


# %% [markdown]
# The turned loss pulls least where there is most to do: it *saturates*. Yours pulls with full
# strength at $-5$ and lets go once the discriminator is fooled. (The best encoder is the same for
# both; the way there is not.)
#
# ## Both players' gradients
#
# ### Exercise 3: `prior_gradients`, free
#
# *Hard, 10 minutes. The diagram above is the answer in pictures.* Given both models, images and
# samples of the prior, return two lists of gradients, the encoder's first, each with one gradient
# for each of the model's `trainable_variables`, in their order: of your `prior_loss` for the
# encoder, of your `discriminator_loss` for the discriminator. The encoder returns the pair
# `(feature_map, code)`; the discriminator is shown `tf.sigmoid(code)`. Call both without
# `training`: this only looks at gradients, and with `training=True` batch normalisation would move
# its averages, and so the codes.
#
# A `tf.GradientTape(persistent=True)` may be asked twice; or use two tapes. Apply nothing. (Take
# the losses by the names `P_loss` and `D_loss`, which work in any case.)

# %% tags=["solution"]
def prior_gradients(encoder, discriminator, images, prior):
    """(encoder_gradients, discriminator_gradients), lists beside the trainable_variables."""
    with tf.GradientTape(persistent=True) as tape:
        _, code = encoder(images)
        code_logits = discriminator(tf.sigmoid(code))
        encoder_loss = P_loss(code_logits)
        both = D_loss(discriminator(prior), code_logits)
    return (
        tape.gradient(encoder_loss, encoder.trainable_variables),
        tape.gradient(both, discriminator.trainable_variables),
    )


# %% tags=["nbval-check-output"]
feedback = check.prior_gradients(prior_gradients)
gradients_of = feedback.use
feedback

# %% [markdown]
# One step of each player, with numbers. The discriminator from above has an opinion already. What
# should its own step do to its loss, and to the *codes*? What should the encoder's step do to the
# mean logit of its codes, and to the discriminator's loss? **Predict**, then run.

# %%
some = tf.constant(images.x_train[::12])
prior = tf.constant(sample_prior(len(some), 2, seed=run_seed(1)), tf.float32)
encoder = keras.models.clone_model(free_encoder)
encoder.set_weights(free_encoder.get_weights())


# %%
def state():
    """The codes, their mean logit, and the discriminator's loss."""
    code = encoder(some, training=False)[1]
    logits = discriminator(tf.sigmoid(code))
    return code.numpy(), float(tf.reduce_mean(logits)), float(D_loss(discriminator(prior), logits))


# %%
codes, logit, loss = state()
_, for_discriminator = gradients_of(encoder, discriminator, some, prior)
keras.optimizers.SGD(0.01).apply(for_discriminator, discriminator.trainable_variables)
new_codes, new_logit, new_loss = state()
print(f"discriminator's step: its loss {loss:.4f} -> {new_loss:.4f}")
print("codes unchanged:", np.array_equal(codes, new_codes))

# %%
for_encoder, _ = gradients_of(encoder, discriminator, some, prior)
keras.optimizers.SGD(0.0001).apply(for_encoder, encoder.trainable_variables)
newer_codes, newer_logit, newer_loss = state()
print(f"encoder's step: mean logit of its codes {new_logit:+.4f} -> {newer_logit:+.4f}")
print(f"                discriminator's loss {new_loss:.4f} -> {newer_loss:.4f}")

# %% [markdown]
# The discriminator lowers its own loss without touching a code. The encoder raises the logits of
# its codes, and with that the discriminator's loss. Each undoes the other's work, until the codes
# are where neither gains: at the prior.
#
# ## Playing it
#
# Now both at once, together with the local objective. The encoder minimises
# $-\mathcal{I}_{\mathrm{JSD}} + \gamma\, \mathrm{prior\ loss}$: with its critic it *cooperates*,
# against the discriminator it plays. First the losses of a batch. (Here the encoder is trained, so
# it is called with `training=True`.)

# %%
JSD = check.yours("local_jsd")


def all_losses(encoder, critic, discriminator, images, prior, encoder_loss):
    """Minus the local objective, the encoder's loss of the game, and the discriminator's."""
    feature_map, code = encoder(images, training=True)
    features = tf.reshape(feature_map, [images.shape[0], -1, feature_map.shape[-1]])
    code_logits = discriminator(tf.sigmoid(code))
    opponents = D_loss(discriminator(prior), code_logits)
    return -JSD(critic(features, code)), encoder_loss(code_logits), opponents


# %% [markdown]
# Then a step of everybody: encoder and critic follow one loss, the discriminator another.

# %%
def new_step(encoder, critic, discriminator, gamma, encoder_loss):
    """One step of everybody: a function of images and samples of the prior."""
    together, opponent = keras.optimizers.Adam(2e-3), keras.optimizers.Adam(2e-3)
    networks = encoder, critic, discriminator

    @tf.function
    def step(images, prior):
        with tf.GradientTape(persistent=True) as tape:
            local, fool, tell_apart = all_losses(*networks, images, prior, encoder_loss)
            loss = local + gamma * fool
        own = encoder.trainable_variables + critic.trainable_variables
        together.apply(tape.gradient(loss, own), own)
        others = discriminator.trainable_variables
        opponent.apply(tape.gradient(tell_apart, others), others)
        return fool, tell_apart

    return step


# %%
def play(encoder_loss, gamma=0.1, steps=288, every=36):
    """The losses of every step, and the squashed codes every few steps: two arrays."""
    encoder, critic = new_encoder(2), DotProductCritic(units=64)
    discriminator = build_discriminator(2)
    critic.build((None, None, encoder.output_shape[0][-1]), (None, 2))
    step = new_step(encoder, critic, discriminator, gamma, encoder_loss)
    rng, losses, pictures = np.random.default_rng(run_seed()), [], []
    for k in range(steps):
        if k % every == 0:
            pictures.append(squashed(encoder, 400))
            print("step", k, end="  ")
        batch = images.x_train[rng.choice(len(images.x_train), 32, replace=False)]
        prior = sample_prior(32, 2, seed=run_seed(k))
        losses.append(step(tf.constant(batch), tf.constant(prior, tf.float32)))
    return np.array(losses), np.array([*pictures, squashed(encoder, 400)])


# %% [markdown]
# The same start, the same number of steps as at the beginning; only the game is new. It takes five
# to ten seconds, more on a busy machine.

# %%
losses, pictures = play(P_loss)
figure, axes = canvas(2, width=3.3, height=3.4)
scatter(axes[0], free[:400], "gamma = 0")
scatter(axes[1], pictures[-1], "gamma = 0.1")
show(figure, """Two squares of points: without the prior the codes form one cloud, with it they
spread over most of the square.""")


# %% [markdown]
# The cloud has spread over the square, though some corners may still be thin. A histogram shows
# each number by itself, and a number sums it up: the largest **gap** between the share of codes
# below a value and what that share would be under the prior (0: uniform; 0.5: all in the middle, or
# half of them at each end; 1: all at one end).
#
# It looks at each number alone: codes on a diagonal line would have gap 0 too. That the two numbers
# are *independent*, only the square shows.

# %%
def gap(points):
    """The largest difference from the uniform distribution function, mean over the numbers."""
    points = np.sort(points, axis=0)
    share = np.arange(1, len(points) + 1)[:, None] / len(points)
    return np.abs(share - points).max(axis=0).mean()


# %%
figure, axes = canvas(3, width=2.9, height=2.6, sharey=True)
names = {"gamma = 0": free[:400], "gamma = 0.1": pictures[-1], "prior": wanted[:400]}
for axis, (name, points) in zip(axes, names.items()):
    axis.hist(points, bins=10, range=(0, 1), color=[BLUE, ORANGE], label=["first", "second"])
    axis.axhline(40, color=GREEN, linestyle="--")
    axis.set(title=f"{name}, gap {gap(points):.2f}", xlabel="squashed number", ylabel="codes")
axes[2].legend(frameon=False, loc="upper center", ncols=2)
told = ", ".join(f"{name} {gap(points):.2f}" for name, points in names.items())
show(figure, f"""Histograms of the two numbers of 400 codes: a hill without the prior, much flatter
with it, flat for the prior itself. The gaps: {told}.""")


# %% [markdown]
# The hills are nearly flat. (A game is a nervous thing: try `play(P_loss, gamma=0.3)` and draw the
# codes; with us they were chased from corner to corner.) Now the losses. **Predict** how they look
# for a game that went well.

# %%
def draw_losses(losses, title):
    figure, axis = canvas(width=5)
    axis.plot(losses[:, 0], color=BLUE, label="encoder (prior loss)")
    axis.plot(losses[:, 1], color=ORANGE, label="discriminator")
    for name, value in {"log 2": np.log(2), "2 log 2": 2 * np.log(2)}.items():
        axis.axhline(value, color=GREY, linestyle=":")
        axis.text(1.01 * len(losses), value + 0.03, name, color=GREY)
    axis.set(xlabel="step", ylabel="loss in nats", title=title, ylim=(0, 2.2))
    axis.legend(frameon=False, loc="upper center", ncols=2)
    return figure


# %%
show(draw_losses(losses, "the right game"), f"""After a swing both losses end near where they began,
near the dotted lines at log 2 and 2 log 2: the encoder's at {losses[-1, 0]:.2f}, the
discriminator's at {losses[-1, 1]:.2f}.""")

# %% [markdown]
# They look as if nothing had been learnt: they end close to where they began. Yet $\log 2$ and $2
# \log 2$ are what an undecided discriminator costs: undecided at the start since it knew nothing,
# and at the end since **there is little left to know**.
#
# ## What could go wrong: the game with one side
#
# In re-implementations of Deep InfoMax this mistake is reported again and again. **Predict** what
# it does to the two losses, and to the codes.

# %%
check.explain("prior_loss.pushed_away_from_prior")


# %%
def wrong_loss(code_logits):
    return tf.reduce_mean(tf.nn.softplus(code_logits))


wrong_losses, wrong_pictures = play(wrong_loss)

# %%
show(draw_losses(wrong_losses, "the wrong game"), """Both losses fall and end far below the dotted
lines, apart from a few spikes, as losses do in a training that goes well.""")

# %% [markdown]
# What a beautiful curve: spikes aside, both losses fall, as in a training that goes well. Look at
# the codes.

# %%
figure, axes = canvas(2, width=3.3, height=3.4)
scatter(axes[0], pictures[-1], f"right, gap {gap(pictures[-1]):.2f}")
scatter(axes[1], wrong_pictures[-1], f"wrong, gap {gap(wrong_pictures[-1]):.2f}", RED)
show(figure, """Two squares of codes: with the right loss spread over the square, with the wrong one
pressed into a corner.""")


# %% [markdown]
# The wrong encoder *helps* the discriminator: it moves its codes to where they are easiest to
# recognise, here a corner, away from the prior. Both losses fall because both want the same. **In a
# game, falling losses of both players are an alarm.** Look at the distribution, not at the curve.
#
# Follow both games step by step:

# %%
def moment(step, loss):
    shown = {"right": pictures, "wrong": wrong_pictures}[loss][step // 36]
    figure, axis = canvas(width=3.3, height=3.4)
    scatter(axis, shown, f"{loss}, step {step}", BLUE if loss == "right" else RED)
    return show(figure, f"Codes after {step} steps of the {loss} game, gap {gap(shown):.2f}.")


explorer(moment, step=(0, 288, 36, 288), loss=["right", "wrong"])

# %% [markdown]
# The same without a slider. (At step 0 all codes seem to be one point: the numbers of an untrained
# code are nearly 0, and the sigmoid of 0 is 0.5.)

# %%
figure, axes = canvas(5, width=1.9, height=2.2)
for axis, k in zip(axes, (0, 2, 4, 6, 8)):
    scatter(axis, pictures[k], f"step {36 * k}")
show(figure, """Five moments of the right game: all codes in one point in the middle, then a small
cloud, which spreads until it fills most of the square.""")


# %% [markdown]
# ## What it costs
#
# The codes of lesson 06 had 64 numbers, and we judged them by a linear probe. Does a prior help it?
# Three trainings that differ in nothing but the game: none, one with a slow discriminator (Adam
# with $3 \cdot 10^{-5}$, what `DeepInfoMax` takes by itself), one with a fast one ($10^{-3}$). The
# objective is InfoNCE over the codes, as in the library's comparisons. The probe gets the raw code,
# as in lesson 06; only the gap is measured on the squashed one.

# %%
def probe(encoder):
    """Test accuracy of a linear classifier on the raw codes."""
    codes = encode(encoder, images.x_train[:2000]), encode(encoder, images.x_test)
    train, test = standardize(*codes)
    classifier = LogisticRegression(C=0.1, max_iter=500).fit(train, images.y_train[:2000])
    return classifier.score(test, images.y_test)


# %%
def judged(gamma, discriminator_rate):
    """Test accuracy of a linear probe, the gap, and the last local bound and prior loss."""
    model = DeepInfoMax(new_encoder(64), beta=1, gamma=gamma, bound="infonce_codes")
    opponent = keras.optimizers.Adam(discriminator_rate)
    model.compile(keras.optimizers.Adam(1e-3), discriminator_optimizer=opponent)
    terms = model.fit(images.x_train, epochs=2, batch_size=32, verbose=0).history
    return {
        "accuracy": probe(model.encoder),
        "gap": gap(squashed(model.encoder)),
        "local bound": terms["local_bound"][-1],
        "prior loss": terms["prior_loss"][-1] if gamma else np.nan,
    }


# %% [markdown]
# **Predict** accuracy and gap. The cell takes 10 to 20 seconds on an idle machine, on a busy one up
# to a minute. (Without a game there is no prior loss: that one is `nan`, not a number.)

# %%
games = {"no game": (0, 3e-5), "gamma 0.1, slow": (0.1, 3e-5), "gamma 0.1, fast": (0.1, 1e-3)}
results = {}
for name, settings in games.items():
    results[name] = result = judged(*settings)
    print(f"{name:16}", ", ".join(f"{key} {value:.2f}" for key, value in result.items()))

# %%
figure, axes = canvas(2, width=4, height=2.2)
for axis, key in zip(axes, ("accuracy", "gap")):
    values = [result[key] for result in results.values()]
    bars = axis.barh(list(results), values, color=[GREY, BLUE, ORANGE])
    axis.bar_label(bars, fmt="%.2f", padding=3)
    axis.invert_yaxis()
    axis.set(xlabel=f"{key} (0 to 1)", ylabel="game", xlim=(0, 1))
told = "; ".join(f"{name} {r['accuracy']:.2f} and {r['gap']:.2f}" for name, r in results.items())
show(figure, f"Bars of the probe's accuracy and of the gap for three trainings: {told}.")

# %% [markdown]
# A slow discriminator hardly changes anything here, neither the accuracy nor the gap. A fast one
# **costs** accuracy, and much of the local bound: the encoder spends its effort on the game, and
# loses it all the same, for its prior loss is far above $\log 2 = 0.69$. In so short a run neither
# brings 64 numbers nearer to uniform, and the fast game drives them further away: compare the gaps.
# What was easy for two numbers is hard for 64.
#
# So prior matching is no way to a better probe, at least at this size. The paper uses it with a
# small weight for local codes ($\gamma = 0.1$) and a large one for global codes ($\gamma = 1$), in
# far longer trainings. Use it when you *want* the distribution, and measure both.
#
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. Both losses of the game stay close to log 2 and 2 log 2. What does that mean?
#
# <details><summary>Nothing was learnt.</summary>Possible, but the losses can't say: an undecided
# discriminator costs the same at the start and at the end. Look at the codes.</details>
# <details><summary>The discriminator cannot tell codes from the prior.</summary>Right, and there are
# two reasons why that may be: it is too weak or untrained, or there is nothing to tell. Only the
# histograms say which.</details>
# <details><summary>The learning rate is too small.</summary>In the right game above, the losses
# ended there after the codes had moved across the whole square.</details>
#
# #### 2. In the encoder's step the gradient passes through the discriminator. Does the discriminator move?
#
# <details><summary>Yes, all weights on the way are updated.</summary>A gradient is taken with respect
# to variables that you name, and applied to those. Name the encoder's alone, and it alone
# moves.</details>
# <details><summary>No.</summary>Right. Its weights are used to compute the direction, and stay. That
# is why `prior_gradients` returns two lists.</details>
# <details><summary>No, because of a stop_gradient in front of it.</summary>With one there the encoder
# would get no gradient at all. A stop_gradient belongs, if anywhere, into the discriminator's
# step.</details>
#
# #### 3. Must the encoder of Deep InfoMax fool its critic, too?
#
# <details><summary>Yes: it is trained like a GAN.</summary>A common confusion. Critic and encoder both
# *raise* the bound on the information.</details>
# <details><summary>No, only the prior's discriminator.</summary>Right: the information terms are
# cooperative, the prior is the only game.</details>
#
# #### 4. What does a classifier behind the encoder get to see?
#
# <details><summary>The squashed code.</summary>The sigmoid belongs to the game: it brings the code to
# where the uniform prior lives.</details>
# <details><summary>The raw code.</summary>Right, as in the paper: the last layer stays linear.</details>
#
# ## In this lesson we saw
#
# - that information says nothing about where codes lie, and that a **prior** does;
# - **two losses, two players**: the discriminator learns to tell codes from the prior with the
#   codes held still, the encoder follows its gradient with the discriminator held still;
# - that the **wrong game** has the nicer curves, and the right one looks like nothing;
# - that a prior shapes a code of two numbers well, and did nothing for one of 64, or cost it
#   accuracy.
#
# **Next**: lesson 08 adds up all terms with their weights $\alpha$, $\beta$ and $\gamma$, and
# writes the training step.

# %%
check.progress()
