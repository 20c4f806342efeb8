"""What PyScript runs in the worker: the functions that the page may call."""

import pyodide_js

# a missing or broken wheel must end the start with an error, so NumPy is imported before anything is exported
await pyodide_js.loadPackage("numpy")  # noqa: F704, PLE1142 (PyScript runs this file with top-level await)

from worker.checkup import Checkup  # noqa: E402
from worker.compare import Compare  # noqa: E402
from worker.everything import Everything  # noqa: E402
from worker.excerpts import excerpt  # noqa: E402
from worker.exports import exported  # noqa: E402
from worker.gradients import Gradients  # noqa: E402
from worker.ideas_first import IdeasFirst  # noqa: E402
from worker.ideas_second import IdeasSecond  # noqa: E402
from worker.mistakes import Mistakes  # noqa: E402
from worker.mystery import Mystery  # noqa: E402
from worker.own_digit import OwnDigit  # noqa: E402
from worker.session import Session  # noqa: E402
from worker.tracing import Tracing  # noqa: E402
from worker.units import Units  # noqa: E402

session = Session()
networks = session.networks
gradients = Gradients(session)
mistakes = Mistakes(session)
digit = OwnDigit(session)
everything = Everything(session)
mystery = Mystery(session)
compare = Compare(session)
units = Units(session)
checkup = Checkup(session)
ideas_first = IdeasFirst(session)
tracing = Tracing(session)
ideas_second = IdeasSecond(session)
__export__ = []


def export(function):
    globals()[function.__name__] = exported(function)
    __export__.append(function.__name__)


for function in (
    session.init,
    session.load_training_images,
    session.restore,
    session.kept_runs,
    session.delete_run,
    session.choose_settings,
    session.keep_now,
    session.gallery,
    session.look,
    session.measure,
    session.begin,
    session.extend,
    session.train,
    session.pause,
    session.step,
    session.reset,
    session.network_code,
    session.figure,
    networks.shelf,
    networks.use,
    networks.put_beside,
    networks.assess,
    networks.open_network,
    networks.keep_copy,
    networks.interpret,
    networks.rename,
    networks.delete,
    networks.undelete,
    networks.download,
    everything.export_everything,
    everything.look_into,
    everything.add_what_was_found,
    everything.delete_everything,
    gradients.check_gradients,
    gradients.stop_checking,
    mistakes.mistakes,
    mistakes.mistaken_images,
    digit.read_digit,
    digit.keep_digit,
    digit.kept_digit,
    mystery.mystery_reference,
    mystery.follow,
    mystery.stop_following,
    compare.compare_networks,
    compare.compared_images,
    compare.compare_image,
    compare.beside_probabilities,
    units.survey_units,
    units.unit_outputs,
    units.look_at_unit,
    checkup.check_up,
    checkup.stop_check_up,
    ideas_first.learned_before,
    ideas_first.learn_from,
    ideas_first.stop_learning,
    ideas_first.move_probability,
    ideas_first.entropy_curve,
    ideas_first.along_weight,
    ideas_first.differences,
    tracing.trace,
    tracing.given_to_code,
    tracing.keep_code,
    tracing.kept_code,
    tracing.trace_moment,
    tracing.trace_why,
    excerpt,
    ideas_second.bowl,
    ideas_second.bowl_gradient,
    ideas_second.bowl_descent,
    ideas_second.weight_surface,
    ideas_second.weight_point,
    ideas_second.loss_valley,
    ideas_second.valley_path,
    ideas_second.tremble,
    ideas_second.whole_gradient,
    ideas_second.stop_whole_gradient,
    ideas_second.one_step,
    ideas_second.step_at,
):
    export(function)
