"""What PyScript runs in the worker: the functions that the page may call."""

import pyodide_js

# a missing or broken wheel must end the start with an error, so NumPy is imported before anything is exported
await pyodide_js.loadPackage("numpy")  # noqa: F704, PLE1142 (PyScript runs this file with top-level await)

from worker.panels.backup import Backup  # noqa: E402
from worker.panels.checkup import Checkup  # noqa: E402
from worker.panels.compare import Compare  # noqa: E402
from worker.panels.draw import DrawnDigit  # noqa: E402
from worker.panels.excerpts import excerpt  # noqa: E402
from worker.panels.gradients import Gradients  # noqa: E402
from worker.panels.ideas_first import IdeasFirst  # noqa: E402
from worker.panels.ideas_second import IdeasSecond  # noqa: E402
from worker.panels.mistakes import Mistakes  # noqa: E402
from worker.panels.mystery import Mystery  # noqa: E402
from worker.panels.trace import Trace  # noqa: E402
from worker.panels.units import Units  # noqa: E402
from worker.rpc import exported  # noqa: E402
from worker.session import Session  # noqa: E402
from worker.storage.unreadable import Aside  # noqa: E402

session = Session()
networks = session.networks
gradients = Gradients(session)
mistakes = Mistakes(session)
draw = DrawnDigit(session)
backup = Backup(session)
aside = Aside(session.store)
mystery = Mystery(session)
compare = Compare(session)
units = Units(session)
checkup = Checkup(session)
ideas_first = IdeasFirst(session)
trace = Trace(session)
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
    backup.export_everything,
    backup.look_into,
    backup.add_what_was_found,
    backup.delete_everything,
    aside.records_aside,
    aside.save_record,
    aside.delete_record,
    gradients.check_gradients,
    gradients.stop_checking,
    mistakes.mistakes,
    mistakes.mistaken_images,
    draw.read_digit,
    draw.keep_digit,
    draw.kept_digit,
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
    trace.trace,
    trace.given_to_code,
    trace.keep_code,
    trace.kept_code,
    trace.trace_moment,
    trace.trace_why,
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
