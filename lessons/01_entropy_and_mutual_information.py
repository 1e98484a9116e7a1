# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 01 Entropy and mutual information
#
# **Afterwards you can**
#
# - say what entropy, Kullback-Leibler divergence and mutual information measure, and compute them
#   for a probability table;
# - name the mutual information of a pair of Gaussians from their correlation;
# - show a pair of variables that depend on each other strongly and are not correlated at all.
#
# **Time** about 45 minutes. **You need** NumPy arrays, the logarithm, and what a probability is.

# %%
import numpy as np

from dimlearn import check, pictures
from dimlearn.pictures import show
from dimlearn.startup import run_seed

# %% [markdown]
# ## Three clouds
#
# Deep InfoMax will ask one question again and again: *how much does this tell about that?* Here is
# the question in its smallest form. Each cloud below holds samples of a pair $(x, y)$.

# %%
rng = np.random.default_rng(run_seed())
turn = rng.uniform(0, 2 * np.pi, 20_000)
wobble = 0.05 * rng.normal(size=(2, 20_000))
line = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 20_000).T
ring = np.array([np.cos(turn), np.sin(turn)]) + wobble
roll = np.sqrt(turn / 6) * np.array([np.cos(1.5 * turn), np.sin(1.5 * turn)]) + wobble
clouds = {"line": line, "ring": ring, "roll": roll}

# %% [markdown]
# **Predict** before you run the next two cells. Somebody tells you $x$ and you guess $y$: in which
# cloud does $x$ help most? And in which is the correlation of $x$ and $y$ largest?

# %%
show(pictures.scatters(clouds), """Three clouds of points: a slanted blurred ellipse called line, a thin
circle called ring, and a thin spiral called roll.""")

# %%
for name, (x, y) in clouds.items():
    print(f"{name}: correlation {np.corrcoef(x, y)[0, 1]:+.2f}")

# %% [markdown]
# The correlation of the ring is nearly nothing, although $x$ leaves only two short stretches for
# $y$. The line, the most blurred of the three, has the largest. Correlation asks how well a straight
# line fits; we need a number that asks how much is *known*. We build it in four steps: surprise,
# entropy, divergence, mutual information. At the end we come back to the clouds.

# %% [markdown]
# ## Surprise and entropy
#
# How surprising is an outcome of probability $p$? It should be 0 for a certain one, grow as $p$
# falls, and add up for independent outcomes, whose probabilities multiply. Only the logarithm does
# all three: the **surprise** is $-\log p$.

# %%
p = np.linspace(0.01, 1, 200)
curve = pictures.curves(p, {"-log p": -np.log(p)}, "probability p of the outcome", "surprise in nats")
show(curve, "The surprise falls from high values at small probabilities to 0 at probability 1.")

# %% [markdown]
# With the natural logarithm, as always here, the unit is the **nat**. With the logarithm of base 2
# it would be the bit; one is the other times a constant:

# %%
print(f"a fair coin: {-np.log(0.5):.4f} nats = {-np.log2(0.5):.4f} bit")
print(f"one bit is log 2 = {np.log(2):.4f} nats")

# %% [markdown]
# The **entropy** of a variable is its mean surprise (Shannon 1948):
#
# $$H(p) = -\sum_k p_k \log p_k$$
#
# where $p_k$ is the probability of outcome $k$. A worked example, one step a line: a die with four
# sides, one of which never comes up.

# %%
die = np.array([0.5, 0.25, 0.25, 0.0])
possible = die[die > 0]  # 1. leave out what never happens: p log p goes to 0 with p
surprises = -np.log(possible)  # 2. the surprise of each outcome
print("surprises:", surprises.round(4))
often, seldom, seldom_too = surprises
print(f"mean surprise: {0.5 * often + 0.25 * seldom + 0.25 * seldom_too:.4f}")  # 3. weigh each


# %% [markdown]
# Which principle is step 3? Say it aloud, then open:
#
# <details><summary>The principle of step 3</summary>A mean over what happens is a sum in which each
# outcome is weighed with <em>how often</em> it happens.</details>
#
# ### Exercise 1: `entropy`, faded
#
# *Easy, 4 minutes. Stuck? `check.hint("entropy")` as often as you like, then
# `check.solution("entropy")`. You may also move on: the lesson goes on with a working function.*
#
# The first step is given. Write the rest.

# %% tags=["solution"]
def entropy(p):
    """Shannon entropy of a probability table of any shape, in nats: a number."""
    p = p[p > 0]
    # Yours: the mean surprise, in one line. Put `return ...` for the `raise`.
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.entropy(entropy)
H = feedback.use
feedback

# %% [markdown]
# From here on `H` is your function if it is right, and ours otherwise.
#
# **Predict**: a coin falls heads with probability $p$. For which $p$ is its entropy highest, and
# how high is it there?

# %%
heads = np.linspace(0, 1, 101)
coin = {"H": [H(np.array([p, 1 - p])) for p in heads]}
labels = "probability of heads", "entropy in nats"
show(pictures.curves(heads, coin, *labels, levels={"log 2": np.log(2)}), """A hill between two zeros: the entropy of a coin is 0 where heads is impossible or
certain, and reaches the dotted line at log 2 for a fair coin.""")

# %% [markdown]
# The hill touches $\log 2$ at the fair coin. In general the entropy of $K$ outcomes lies between 0
# (one is certain) and $\log K$ (all are equally likely): why it cannot be more, the next section shows.
#
# ## Being surprised by the wrong belief
#
# You believe in a forecast $q$; the weather follows $p$.

# %%
truth = np.array([0.7, 0.2, 0.1])
belief = np.array([0.3, 0.3, 0.4])
weather = ["sun", "rain", "snow"]
show(pictures.forecasts(truth, belief, weather), """Bars of two forecasts over sun, rain and snow.
The truth has mostly sun, the belief has snow as its most likely weather.""")

# %% [markdown]
# Each day you are surprised by $-\log q_k$, and $k$ comes up with probability $p_k$. Draw an outcome
# as a block: as wide as it is frequent, as high as it surprises. Then the *area* of all blocks is
# your mean surprise. Filled is the surprise of somebody who knows the truth, framed is yours.
#
# **Predict**: which area is larger? Can a belief be so lucky that it beats the truth?

# %%
show(pictures.surprise_areas(truth, belief, weather), """Three blocks, a wide one for sun and narrow
ones for rain and snow. The framed block of sun stands far above the filled one, those of rain and
snow end below.""")


# %% [markdown]
# On a day of snow you are less surprised than somebody who knows the truth, but such days are
# narrow. The wide block decides. What the framed area has more than the filled one is the
# **Kullback-Leibler divergence**:
#
# $$\mathrm{KL}(p \,\|\, q) = \text{mean surprise of the belief } q - H(p).$$
#
# A wrong belief never has the smaller area (Gibbs' inequality). The belief that all $K$ outcomes are
# equally likely has a mean surprise of $\log K$ whatever the truth is: that is why no entropy
# exceeds $\log K$.

# %% [markdown]
# ### Exercise 2: `kl_divergence`, free
#
# *Medium, 7 minutes.* Write both areas as sums over $k$ and subtract. Two cases need thought. Where $p_k = 0$ nothing happens, so nothing is added.
# Where $q_k = 0 < p_k$ something happens that you thought impossible: what should your surprise be?
# (`with np.errstate(divide="ignore"):` keeps NumPy quiet about a division by 0 that you want.)

# %% tags=["solution"]
def kl_divergence(p, q):
    """KL(p || q) of two probability tables of the same shape, in nats: a number."""
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.kl_divergence(kl_divergence)
KL = feedback.use
feedback

# %% [markdown]
# **Predict**: is believing $q$ when $p$ is true as bad as believing $p$ when $q$ is true?

# %%
print(f"KL(p || q) = {KL(truth, belief):.4f} nats")
print(f"KL(q || p) = {KL(belief, truth):.4f} nats")
print(f"KL(p || p) = {KL(truth, truth):.4f} nats")
print("no snow in the belief:", KL(truth, np.array([0.5, 0.5, 0.0])))

# %% [markdown]
# The two directions differ: the average is over what really happens, and that is the *first*
# argument. The divergence is never negative, and 0 only when belief and truth agree. (Why never?
# $\log r \le r - 1$ for every ratio $r = q_k / p_k$, and the mean of $r - 1$ over $p$ is at most 0.)

# %% [markdown]
# ## Mutual information
#
# Now two variables. A table holds the probability of each pair of values; its **marginals** are the
# sums over rows and columns. If the two had nothing to do with each other, each entry would be the
# product of its marginals.

# %%
joint = np.array([[0.30, 0.05, 0.00], [0.10, 0.20, 0.05], [0.00, 0.10, 0.20]])
x_is_0, y_is_0 = joint[0].sum(), joint[:, 0].sum()  # one marginal of each
print(f"x = 0 and y = 0: {joint[0, 0]:.2f}. If independent: {x_is_0:.2f} * {y_is_0:.2f} "
      f"= {x_is_0 * y_is_0:.2f}")  # fmt: skip
show(pictures.beside_independence(joint), """Two tables of three by three probabilities. What is has
most of its mass on the diagonal, the independent one is spread far more evenly.""")


# %% [markdown]
# Your belief is the right table, the truth is the left one: the divergence between them is the
# **mutual information** $I(X; Y)$, the surprise that you pay for believing that the two have nothing
# to do with each other. As a divergence it is never negative, and 0 exactly when the two variables
# are independent.
#
# Remember these two tables: the left one holds *positive pairs*, the right one *negative pairs*,
# and from lesson 02 on networks learn to tell them apart.
#
# ### Exercise 3: `mutual_information`, free
#
# *Medium, 7 minutes.* From the joint table alone, with any numbers of rows and columns: the other
# table is yours to make. Use your own functions from above or start afresh. Entries may be 0.

# %% tags=["solution"]
def mutual_information(joint):
    """Mutual information of a joint table `[K1, K2]`, in nats: a number."""
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.mutual_information(mutual_information)
MI = feedback.use
feedback

# %% [markdown]
# ### The same number as a length
#
# Draw entropies as lengths. Told both $X$ and $Y$, your surprise is $H(X, Y)$. It is less than
# $H(X) + H(Y)$, because what the two share is counted once only.
#
# **Predict** from the picture, before you run the cell below it: how is $I$ made of the three
# entropies?

# %%
lengths = H(joint.sum(axis=1)), H(joint.sum(axis=0)), H(joint)
show(pictures.entropy_bars(*lengths), """Three bars. The bar of X begins at the left, the bar of Y ends
at the right, and they overlap in the middle; the bar of both spans from end to end.""")

# %%
h_x, h_y, h_xy = lengths
print(f"I(X; Y), the divergence = {MI(joint):.4f} nats")
print(f"the overlap of the bars = {h_x + h_y - h_xy:.4f} nats")

# %% [markdown]
# The overlap is the divergence: $I(X; Y) = H(X) + H(Y) - H(X, Y)$. It follows from $\log \frac{p(x,
# y)}{p(x)\, p(y)} = -\log p(x) - \log p(y) + \log p(x, y)$, when each of the three is averaged over
# the left table.
#
# Read from the left, the bar of $Y$ loses the overlap when you are told $X$: $I$ is the surprise
# about $Y$ that is *spared* by knowing $X$. It is the same the other way round. And in a table it is
# never longer than either bar, because the surprise that is left over is never negative.

# %% [markdown]
# ### What is rare weighs much
#
# An alarm goes off when there is a fire, and never else; one pair in fifty is a fire with its alarm.
# **Predict**: how much of the information between fire and alarm is carried by the quiet pairs, 98 of
# a hundred?

# %%
fire = np.array([[0.98, 0.0], [0.0, 0.02]])
quiet, burning = 0.98 * np.log(1 / 0.98), 0.02 * np.log(1 / 0.02)
print(f"I(fire; alarm) = {MI(fire):.4f} nats: quiet pairs {quiet:.4f}, pairs with fire {burning:.4f}")
print(f"a sample of 50 pairs holds no fire with probability {0.98**50:.2f}")

# %% [markdown]
# One pair in fifty carries 0.0782 of the 0.0980 nats, four fifths. And a sample of 50 pairs holds none of
# them with probability 0.36: from such a sample nobody can read the information, by whatever method.
# Lesson 03 meets this again: it is one of the reasons why estimates from samples scatter.
#
# ### A bad line
#
# A letter out of four is sent over a bad line: with probability $\varepsilon$ it is replaced by a
# random one. **Predict** the curve of $I$ over $\varepsilon$: where does it begin, where does it
# end, is it straight?

# %%
noises = np.linspace(0, 1, 51)
channel = {"I": [MI((1 - e) * np.eye(4) / 4 + e * np.ones((4, 4)) / 16) for e in noises]}
labels = "share of replaced letters", "mutual information in nats"
show(pictures.curves(noises, channel, *labels, levels={"H(X) = log 4": np.log(4)}), """The information of a noisy channel falls from log 4 without noise to 0 when every
letter is replaced, steeply at first.""")


# %% [markdown]
# Without noise, $Y$ tells all there is to know, $H(X) = \log 4$. More is not to be had: in a table,
# **mutual information never exceeds either entropy**. The first tenth of noise costs more than a
# quarter of it.

# %% [markdown]
# ## Gaussians
#
# Take a *jointly Gaussian* pair, both variables of mean 0 and variance 1, with correlation $\rho$.
# For a continuous variable an integral takes the place of the sum, and the entropy of a Gaussian of
# variance $\sigma^2$ is then $\tfrac12 \log \sigma^2$ plus a constant. The word changes its meaning
# here: this *differential entropy* is negative where the variance is small, and mutual information
# can exceed it. The difference of two of them is still a surprise that is spared. Told $x$, the
# variance of $y$ falls from 1 to $1 - \rho^2$, whatever $x$ is.

# %%
def gaussian_pair(rho, n=20_000):
    x, noise = np.random.default_rng(run_seed(1)).normal(size=(2, n))
    return x, rho * x + np.sqrt(1 - rho**2) * noise


show(pictures.scatters({f"rho = {rho}": gaussian_pair(rho) for rho in (0.0, 0.6, 0.95)}), """Three clouds of
Gaussian samples: round at correlation 0, slanted at 0.6, a thin cigar at 0.95.""")


# %% [markdown]
# ### Exercise 4: `gaussian_mi`, free
#
# *Medium, 5 minutes.* One line. How much surprise about $y$ is spared by knowing $x$? You have both
# entropies above. And `dim` independent pairs, each with the same $\rho$: what is known adds up. This
# closed form is the yardstick for every estimator of lesson 02.

# %% tags=["solution"]
def gaussian_mi(rho, dim=1):
    """Mutual information of `dim` pairs of unit Gaussians with correlation `rho`, in nats."""
    raise NotImplementedError


# %% tags=["nbval-check-output"]
feedback = check.gaussian_mi(gaussian_mi)
gaussian = feedback.use
feedback


# %% [markdown]
# Does your formula agree with the table? We lay a grid over
# the samples of a Gaussian pair, 20 bins on each axis, count the samples in each of its 400 cells,
# and hand the table of shares to your `mutual_information`.

# %%
def table_of(x, y, bins=20):
    counts, _, _ = np.histogram2d(x, y, bins)
    return counts / counts.sum()


rhos = np.linspace(-0.95, 0.95, 39)
counted = [MI(table_of(*gaussian_pair(rho))) for rho in rhos]

# %%
both = {"your formula": [gaussian(rho) for rho in rhos], "table of 20,000 samples": counted}
show(pictures.curves(rhos, both, "correlation rho", "mutual information in nats"), """A valley: the
information is 0 without correlation and grows steeply towards both ends. Points from tables of
samples lie close to the curve, and below it at the ends.""")

# %% [markdown]
# The points follow the curve, and fall below it at the ends: there the bins are too coarse for a
# thin cigar. The sign of the correlation plays no part.

# %% [markdown]
# ## Back to the clouds
#
# **Predict** the order of the three clouds, now by mutual information.

# %%
for name, (x, y) in clouds.items():
    rho = np.corrcoef(x, y)[0, 1]
    print(f"{name}: correlation {rho:+.2f}, as a Gaussian {gaussian(rho):.2f} nats, "
          f"by its table {MI(table_of(x, y)):.2f} nats")  # fmt: skip


# %% [markdown]
# The line leads by correlation, with +0.60, and comes last by its table, with 0.22 nats. Ring and roll
# read 1.03 and 0.71 nats. How far may we believe such a table? The ring's bins are 0.12 wide, more
# than twice its wobble of 0.05: finer bins would see more.
#
# For ring and roll we need no samples, because we know how they were made: `turn` is drawn evenly, it
# gives a point of the curve, and around that there is a Gaussian wobble. So we can write down the
# probability of every small square of the plane.

# %%
def exact_table(x, y, wobble=0.05):
    grid = np.linspace(-1.3, 1.3, 300)
    near_x, near_y = (np.exp(-((grid[:, None] - c) ** 2) / (2 * wobble**2)) for c in (x, y))
    joint = near_x @ near_y.T  # summed over the points of the curve
    return joint / joint.sum()


# %%
along = np.linspace(0, 2 * np.pi, 3000, endpoint=False)
width = np.sqrt(along / 6)
curves = {"ring": (np.cos(along), np.sin(along)),
          "roll": (width * np.cos(1.5 * along), width * np.sin(1.5 * along))}  # fmt: skip
exact = {name: MI(exact_table(*curve)) for name, curve in curves.items()}
print("  ".join(f"{name}: {nats:.2f} nats" for name, nats in exact.items()))


# %% [markdown]
# The truth is 1.16 nats for the ring and 0.82 for the roll: the table of 20 by 20 cells reads both too
# low, by about a tenth of a nat. Correlation gives the ring nothing. It tells everything about a
# *jointly Gaussian* pair, such as the line, because there nothing but $\rho$ is left to know. That is
# a property of such pairs, not of correlation.

# %% [markdown]
# ## What could go wrong
#
# A mistake that many have made. Read the code and say what it compares the table with. **Predict**
# what it says of a letter out of four that arrives unharmed, and of one replaced every time.

# %%
def one_marginal_only(joint):
    ratio = joint / joint.sum(axis=1, keepdims=True)
    inside = joint > 0
    return np.sum(joint[inside] * np.log(ratio[inside]))


for name, table in {"unharmed": np.eye(4) / 4, "replaced": np.full((4, 4), 1 / 16)}.items():
    print(f"{name}: {one_marginal_only(table):5.2f} nats, where {abs(MI(table)):.2f} is right")

# %% [markdown]
# The letter that arrives unharmed tells all there is to know, and here it reads 0. The replaced one
# tells nothing, and reads less than 0, which mutual information never is. The catalogue of the
# checks knows this mistake, in a form of its own (`marginals` and `compared` are small functions
# beside it), and tells what it compares with:

# %%
check.explain("mutual_information.one_marginal_only")

# %% [markdown]
# The next one hides in *right* code. **Predict** the mutual information of two columns of random
# numbers that know nothing of each other, from tables with more and more cells.

# %%
x, y = np.random.default_rng(run_seed(2)).normal(size=(2, 500))
bins = [2, 5, 10, 20, 40, 80]
found = {"table of 500 samples": [MI(table_of(x, y, b)) for b in bins]}
labels = "bins on each axis", "mutual information in nats"
show(pictures.curves(bins, found, *labels, levels={"truth": 0}), """The information found between independent samples is near 0 for few bins and climbs
far above the truth, a dotted line at 0, as the bins become many.""")

# %% [markdown]
# Nothing is wrong with the formula. With 80 bins on each axis there are 6400 cells for 500 samples,
# and most samples sit alone in theirs: whoever knows $x$ has only a few values of $y$ left to choose
# from, by accident alone. It begins long before that: 20 bins on each axis, so 400 cells, already
# find about 0.3 nats where there is nothing. So bins that are too coarse hide information, as in the
# ring, and bins that are too fine invent it.
#
# An image has hundreds of pixels. With two values each, $28 \times 28$ of them have a table of $2^{784}$
# cells, more than there are atoms: for images, tables are hopeless.

# %% [markdown]
# ## Questions
#
# Decide first, then open the answer you chose.
#
# #### 1. Two variables have correlation 0. What follows?
#
# <details><summary>They are independent.</summary>Not so: look at the ring once more. It does follow
# for jointly Gaussian variables, and for two variables of two values each; in general it does not.
# </details>
# <details><summary>Their mutual information is 0.</summary>That is the same as independence, and
# the ring is the counterexample: zero correlation, and a large mutual information.</details>
# <details><summary>No straight line predicts one from the other.</summary>Right. Correlation sees
# what a straight line can; mutual information sees any dependence.</details>
#
# #### 2. Y is a copy of X, a fair die with six sides. What is their mutual information?
#
# <details><summary>1, as they agree completely.</summary>That is their correlation. Mutual
# information is not a share: it is measured in nats.</details>
# <details><summary>log 6, the entropy of X.</summary>Right: told Y, all surprise about X is gone,
# and that was H(X).</details>
# <details><summary>Infinite, as Y determines X.</summary>That happens for continuous copies, which
# share infinitely many digits. A die has only so much entropy to share.</details>
#
# #### 3. You replace y by exp(y) everywhere. What happens to I(X; Y)?
#
# <details><summary>It grows: the values are larger.</summary>The units do not matter: told one of
# y and exp(y), you know the other. (A table with bins of equal width may change; that is the
# table's fault.)</details>
# <details><summary>Nothing.</summary>Right. Any invertible change of x or of y alone leaves mutual
# information as it is. Correlation has no such property.</details>
# <details><summary>It falls: exp is not linear.</summary>Mutual information asks for knowledge, not
# for lines. It is the *correlation* that changes, and it may fall or rise.</details>
#
# ## In this lesson we saw
#
# - **entropy**, the mean surprise; **KL divergence**, the surprise added by a wrong belief;
#   **mutual information**, the divergence of what is from what would be without dependence;
# - that correlation sees straight lines only, and tells everything about jointly Gaussian pairs;
# - that rare pairs may carry most of the information, and a sample may hold none of them;
# - that tables of samples hide information where bins are coarse and invent it where they are fine.
#
# **Next**: lesson 02 replaces the table by a network, the *critic*, that is shown pairs and says
# whether they belong together. How well it can do so is a bound on the mutual information, and
# works where no table can: on images.

# %%
check.progress()
