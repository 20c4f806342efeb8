"""The training: begun, paused, kept and brought back, and its loss curve as a figure."""

import inspect

import pyodide_js
from kobai.book.functions import Array
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from kobai.images import matplotlib_figures
from kobai.settings import Settings
from kobai.training.trainer import Trainer
from protocol import called_by_page
from pyodide.ffi import to_js

from worker import site_files
from worker.training_run import TrainingRun

Images = tuple[Array, Array, Array, Array]  # x_train, t_train, x_test, t_test


def start(session):
    """The objects whose marked functions the page may call."""
    return [Run(session)]


class Run:
    """Calls of the training panel."""

    def __init__(self, session):
        self.session = session

    @called_by_page
    async def begin(self, settings):
        """Load the training images, draw the weights of a new run, and let its network answer."""
        session, networks = self.session, self.session.networks
        await session.load_training_images()
        images: Images = session.all_images()
        trainer = Trainer(Settings(**settings), *images, session.engine)
        session.run = run = TrainingRun(trainer, await session.runs.begin(), networks)
        networks.current = "trained"
        await session.choices.put(settings=settings, current="trained", beside=networks.beside)
        return {"status": run.status(), "network": networks.about("trained"), **self._answer()}

    @called_by_page
    def extend(self, iterations):
        """Let the run go on to another number of iterations."""
        self.session.run.trainer.extend(iterations)
        return {}

    @called_by_page
    def train(self, pace):
        """Train until the end, a pause or a divergence; the page hears of it many times a second.

        pace: as for `set_pace`.
        """
        run = self.session.run
        self.set_pace(pace)
        return run.train(run.trainer.settings.iterations, self._answer)

    @called_by_page
    def step(self):
        """One iteration, or what is left of it."""
        run = self.session.run
        run.pace.set(0, run.trainer.iteration)
        return run.train(run.trainer.iteration + 1, self._answer)

    @called_by_page
    def set_pace(self, pace):
        """pace: iterations a second at most from now on, 0 for as many as there is time for."""
        run = self.session.run
        run.pace.set(pace, run.trainer.iteration)
        return {}

    @called_by_page
    def pause(self):
        """Let the training come to a stand after the present chunk."""
        if self.session.run is not None:
            self.session.run.pause()
        return {}

    @called_by_page
    async def reset(self):
        """Forget the run; its network stays on the shelf."""
        session, run = self.session, self.session.run
        run.pause()
        await session.networks.end_run({run.kept.slot: None})
        run.kept.let_go()
        session.run = None
        return {}

    @called_by_page
    async def restore(self, run, take_over=False):
        """A training that is kept: its state and whole history. The one of this tab stays kept.

        Raises KobaiError when it cannot be continued here; nothing has changed then.
        """
        session = self.session
        await session.load_training_images()
        claimed, state = await session.runs.claim(run, take_over)
        try:
            images: Images = session.all_images()
            trainer = Trainer.from_state(state, *images, session.engine)
            saved = session.store.about(claimed.slot)["saved"]
        except BaseException as error:  # whatever it was: it can be opened again, here or in another tab
            claimed.let_go()
            if isinstance(error, KobaiError):
                session.store.set_aside(claimed.slot)
            raise
        if session.run is not None:
            await session.run.keep()
            session.run.kept.let_go()
        session.run = restored = TrainingRun(trainer, claimed, session.networks)
        await restored.keep()  # from here on it is this tab's
        await session.networks.choose_again()
        if "current" not in session.choices.values:  # kept by an older page
            session.networks.current = "trained"
        history = restored.all_losses()
        about = {"settings": restored.settings(), "accuracies": restored.accuracies(), "saved": saved}
        return {**restored.status(), **about}, history

    @called_by_page
    async def kept_runs(self):
        """The trainings that are kept, but for the one on the page."""
        own = self.session.run and self.session.run.kept
        return {"runs": await self.session.runs.listed(own)}

    @called_by_page
    async def delete_run(self, run):
        """Forget a training that is kept."""
        await self.session.runs.delete(run)
        return {}

    @called_by_page
    async def choose_settings(self, settings):
        """Keep what is in the fields of the settings."""
        await self.session.choices.put(settings=settings)
        return {}

    @called_by_page
    async def keep_now(self):
        """The page is being left, or nobody looks at it: it may be gone at any moment."""
        run = self.session.run
        if run is not None and run.running:
            run.keep_soon()
        elif run is not None and self.session.store.refused:
            await run.keep()
        return {}

    @called_by_page
    async def figure(self):
        """The loss curve as SVG and PNG, and the code that draws it. KobaiError where there is no run."""
        if self.session.run is None:
            raise KobaiError("Train first: the figure shows your loss curve.")
        losses = self.session.run.trainer.train_loss_list  # now: it may be reset while Matplotlib loads
        await _load_matplotlib()
        svg, png = (matplotlib_figures.loss_curve(losses, format=format) for format in ("svg", "png"))
        return {"code": inspect.getsource(matplotlib_figures.loss_curve)}, to_js(svg), to_js(png)

    @called_by_page
    def network_code(self):
        """The source of the book's network, as it runs here."""
        return {"code": inspect.getsource(TwoLayerNet)}

    def _answer(self):
        """What the network that learns says of the chosen image; None while another one is in use."""
        session = self.session
        learning = session.networks.current == "trained"
        return {
            "index": session.chosen,
            "probabilities": session.probabilities("trained") if learning else None,
        }


async def _load_matplotlib():
    """With all that it needs, by name: Pyodide does not ask again for the needs of a package that is there.

    Raises KobaiError when one is missing, before Python imports a part, which would be of no use later.
    """
    packages = pyodide_js.lockfile.packages.to_py()
    await pyodide_js.loadPackage(to_js(list(packages)))
    loaded = pyodide_js.loadedPackages.to_py()
    missing = [package["file_name"] for package in packages.values() if package["name"] not in loaded]
    if missing:
        raise site_files.lacking("pyodide/" + missing[0])
