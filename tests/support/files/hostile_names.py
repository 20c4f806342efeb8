"""Pickles that ask for names no network needs: what runs something, and what published bypasses used."""

from __future__ import annotations

import marshal
import pickle
from collections.abc import Iterator

from support.files.pickle_writing import (
    _PYTHON,
    _SHELL,
    CANARY,
    EMPTY_ARRAY,
    array_state,
    call,
    group,
    integer,
    name,
    raw,
    stack_name,
    text,
)


def runs_something() -> Iterator[tuple[str, bytes]]:
    """Attacks that make the canary in a Python with NumPy, when the file is loaded with pickle.load."""
    shell, python = text(_SHELL), text(_PYTHON)
    evaluated = text(f"__import__('os').system({_SHELL!r})")
    yield "os.system", call("os", "system", shell)
    yield "posix.system", call("posix", "system", shell)
    yield "os.popen", call("os", "popen", shell)
    yield "subprocess.getoutput", call("subprocess", "getoutput", shell)
    yield "subprocess.call", call("subprocess", "call", group(text("touch"), text(CANARY)))
    yield "subprocess.Popen", call("subprocess", "Popen", group(text("touch"), text(CANARY)))
    yield "builtins.exec", call("builtins", "exec", python)
    yield "builtins.eval", call("builtins", "eval", python)
    yield "__builtin__.eval", call("__builtin__", "eval", python)
    yield "builtins.open", call("builtins", "open", text(CANARY), text("w"))
    yield "io.open", call("io", "open", text(CANARY), text("w"))
    yield "_io.FileIO", call("_io", "FileIO", text(CANARY), text("w"))
    yield "os.mkdir", call("os", "mkdir", text(CANARY))
    yield "pathlib", call("pathlib", "Path.touch", call("pathlib", "Path", text(CANARY)))
    yield (
        "code",
        call("code", "InteractiveInterpreter.runsource", call("code", "InteractiveInterpreter"), python),
    )
    yield "timeit", call("timeit", "timeit", text("pass"), python)
    yield "pdb", call("bdb", "Bdb.run", call("bdb", "Bdb"), python)
    yield "cProfile", call("cProfile", "run", python)
    yield "profile.run", call("profile", "run", python)
    yield "trace", call("trace", "Trace.run", call("trace", "Trace"), python)
    yield "map in list", call("builtins", "list", call("builtins", "map", name("os", "system"), group(shell)))
    yield (
        "getattr",
        call("builtins", "getattr", call("builtins", "__import__", text("os")), text("system"))
        + (group(shell) + b"R"),
    )
    yield "functools.partial", call("functools", "partial", name("os", "system"), shell) + b")R"
    mapped = call("functools", "reduce", name("builtins", "map"), group(name("os", "system"), group(shell)))
    yield "functools.reduce", call("builtins", "list", mapped)
    yield (
        "operator.attrgetter",
        call("operator", "attrgetter", text("system"))
        + (group(call("importlib", "import_module", text("os"))) + b"R" + group(shell) + b"R"),
    )
    yield (
        "operator.methodcaller",
        call("operator", "methodcaller", text("system"), shell)
        + (group(call("importlib", "import_module", text("os"))) + b"R"),
    )
    inner = pickle.dumps(0, 2)[:-3] + call("os", "system", shell) + b"."
    yield "pickle in pickle", call("pickle", "loads", raw(inner))
    yield "_pickle.loads", call("_pickle", "loads", raw(inner))
    yield (
        "builtins.compile",
        call("builtins", "exec", call("builtins", "compile", python, text("x"), text("exec"))),
    )
    yield "numpy runstring", call("numpy.testing._private.utils", "runstring", python, b"}")
    yield "numpy myeval", call("numpy.f2py.crackfortran", "myeval", evaluated, b"}", b"}")
    yield "numpy.f2py os", call("numpy.f2py.diagnose", "os.system", shell)
    yield "numpy.testing os", call("numpy.testing._private.utils", "os.system", shell)
    yield "numpy.savetxt", call("numpy", "savetxt", text(CANARY), b"]")
    yield (
        "numpy.memmap",
        call("numpy", "memmap", text(CANARY), text("u1"), text("w+"), integer(0), integer(1)),
    )
    yield "dotted name", stack_name("os", "path.os.system") + group(shell) + b"R"
    yield "dotted below numpy", stack_name("numpy.testing._private.utils", "os.system") + group(shell) + b"R"
    yield "STACK_GLOBAL", stack_name("os", "system") + group(shell) + b"R"
    yield "INST", b"(" + shell + b"ios\nsystem\n"
    yield "OBJ", b"(" + name("os", "system") + shell + b"o"
    yield (
        "NEWOBJ",
        name("builtins", "map")
        + group(name("os", "system"), group(shell))
        + b"\x81"
        + b"q\xf0"
        + (name("builtins", "list") + b"h\xf0\x85R\x86"),
    )
    yield (
        "name by memo",
        group(text("os") + b"q\xf0", text("system") + b"q\xf1", b"h\xf0h\xf1\x93", shell)
        + (b"q\xf2" + call("operator", "itemgetter", integer(2)) + b"h\xf2\x85R" + group(shell) + b"R\x86"),
    )
    yield (
        "name in the state of an object",
        name("collections", "OrderedDict") + b")R" + (b"}" + text("x") + call("os", "system", shell) + b"sb"),
    )
    yield "pkgutil.resolve_name", call("pkgutil", "resolve_name", text("os:system")) + group(shell) + b"R"
    yield (
        "_operator.attrgetter",
        call("_operator", "attrgetter", text("system"))
        + (group(call("importlib", "import_module", text("os"))) + b"R" + group(shell) + b"R"),
    )
    code = raw(marshal.dumps(compile(_PYTHON, "x", "exec")))
    yield "marshal", call("types", "FunctionType", call("marshal", "loads", code), b"}") + b")R"
    yield "uuid", call("uuid", "_get_command_stdout", text("touch"), text(CANARY))
    yield "_osx_support", call("_osx_support", "_read_output", shell)
    yield "imaplib", call("imaplib", "IMAP4_stream", shell)
    yield "cProfile.runctx", call("cProfile", "runctx", python, b"}", b"}")
    yield "trace.runctx", call("trace", "Trace.runctx", call("trace", "Trace"), python, b"}", b"}")
    yield "doctest", call("doctest", "debug_script", python, b"\x88", b"}")
    yield "logging.FileHandler", call("logging", "FileHandler", text(CANARY))
    yield "numpy getlincoef", call("numpy.f2py.crackfortran", "getlincoef", evaluated, b"}")
    yield (
        "BUILD that plants __setstate__",
        name("argparse", "Namespace")
        + (b")\x81}" + text("__setstate__") + name("os", "system") + b"sb" + shell + b"b"),
    )
    yield "call dropped at once", call("os", "system", shell) + b"0N"
    yield (
        "shape of an array",
        EMPTY_ARRAY + array_state(group(call("os", "system", shell)), raw(b"")) + b"q\xf0",
    )


def forbidden_names() -> Iterator[tuple[str, bytes]]:
    """Names outside the list, called without an argument, or with one text: only the name matters."""
    names = """
        os execv|os fork|os remove|os putenv|os.path join|nt system|posix execve|pty spawn|platform popen
        subprocess run|subprocess check_output|asyncio.unix_events _UnixSubprocessTransport._start
        builtins compile|builtins __import__|builtins getattr|builtins setattr|builtins delattr
        builtins globals|builtins vars|builtins type|builtins input|builtins print|builtins bytes
        builtins bytearray|builtins set|builtins frozenset|builtins slice|builtins range|builtins memoryview
        builtins super|builtins exit|builtins breakpoint|__builtin__ execfile|__builtin__ apply
        __builtin__ reload|importlib import_module|importlib.util spec_from_file_location|imp load_source
        runpy run_path|runpy run_module|runpy _run_code|code interact|codeop compile_command|marshal loads
        types CodeType|types FunctionType|types MethodType|types SimpleNamespace|ctypes CDLL
        ctypes.util find_library|ctypes string_at|_ctypes dlopen|mmap mmap|signal raise_signal|sys exit
        sys setprofile|sys modules|sys _getframe|gc get_objects|inspect getsource|threading Thread
        multiprocessing.process Process|socket socket|socket create_connection|ssl get_server_certificate
        http.client HTTPConnection|urllib.request urlopen|urllib.request urlretrieve|webbrowser open
        smtplib SMTP|ftplib FTP|shutil rmtree|shutil move|tempfile mktemp|pathlib Path|glob glob
        linecache getline|fileinput input|zipimport zipimporter|pydoc pipepager|pydoc locate
        pkgutil resolve_name|pkgutil get_data|pip main|ensurepip bootstrap|venv create
        idlelib.pyshell ModifiedInterpreter.runcode|lib2to3.pgen2.grammar Grammar.loads
        logging.config fileConfig|logging FileHandler|configparser ConfigParser|xml.etree.ElementTree parse
        sqlite3 connect|dbm open|shelve open|copyreg __newobj__|copyreg __newobj_ex__|copyreg add_extension
        copy_reg __reduce_ex__|copyreg _extension_registry|pickle load|pickle Unpickler|_pickle Unpickler
        pickle _Unpickler|pickle loads|cPickle loads|dill loads|cloudpickle loads|joblib load|torch load
        pandas read_pickle|torch.serialization load|torch._utils _rebuild_tensor_v2|tensorflow io.read_file
        keras.models load_model|functools partial|functools reduce|itertools accumulate|itertools starmap
        operator attrgetter|operator methodcaller|operator itemgetter|collections defaultdict
        collections Counter|collections namedtuple|collections UserDict|_collections OrderedDict
        weakref finalize|atexit register|atexit _run_exitfuncs|contextlib ExitStack|unittest.mock patch
        test.support.script_helper assert_python_ok|_codecs decode|_codecs lookup|_codecs register
        codecs encode|codecs open|encodings search_function|uuid _get_command_stdout
        _osx_support _read_output|_aix_support _read_cmd_output|_pyrepl.pager pipe_pager
        distutils.file_util write_file|distutils.spawn spawn|setuptools.sandbox run_setup|cgitb enable
        pkgutil iter_modules|uuid UUID|imaplib IMAP4_stream|_imp create_dynamic|_io open_code|io open_code
        _interpreters create|_interpreters run_string|_xxsubinterpreters run_string
        concurrent.interpreters create|_posixsubprocess fork_exec|_winapi CreateProcess
        _thread start_new_thread|_ssl RAND_add|nt startfile
        faulthandler dump_traceback|site main|sitecustomize x|antigravity fly_sq|this s|py_compile compile
        compileall compile_file|modulefinder ModuleFinder.run_script|symtable symtable
        ast literal_eval|doctest debug_script|doctest testsource|unittest main|cmd Cmd.onecmd
        rlcompleter Completer.attr_matches
        idlelib.autocomplete AutoComplete.get_entity|idlelib.autocomplete AutoComplete.fetch_completions
        idlelib.calltip get_entity|idlelib.calltip Calltip.fetch_tip|idlelib.debugobj ObjectTreeItem.SetText
        idlelib.pyshell ModifiedInterpreter.runcommand|idlelib.run Executive.runcode
        lib2to3.pgen2.pgen ParserGenerator.make_label|ensurepip _run_pip|profile Profile.run
        profile Profile.runctx|cProfile runctx|trace Trace.runctx|tkinter Tk|turtle Screen
        turtledemo.__main__ main|commands getoutput|popen2 popen3|os.path genericpath.os.system
        ntpath os.system|types CodeType.replace
        torch._dynamo.guards GuardBuilder.get|torch._inductor.codecache compile_file|torch.hub load
        torch.fx.experimental.symbolic_shapes ShapeEnv.evaluate_guards_expression|torch.jit load
        torch.jit.unsupported_tensor_ops execWrapper|torch.utils._config_module ConfigModule.load_config
        torch.utils.bottleneck.__main__ run_cprofile|torch.utils.collect_env run|torch.package PackageImporter
        torch.utils.data.datapipes.utils.decoder basichandlers|torch.distributed.rpc rpc_sync
        aiohttp ClientSession|httplib HTTPSConnection|requests get|requests.api get|xmlrpc.client ServerProxy
        nntplib NNTP|poplib POP3|telnetlib Telnet|socketserver TCPServer|http.server HTTPServer
        numpy.f2py.crackfortran _eval_length|numpy.f2py.crackfortran getlincoef|numpy.f2py.diagnose run
        numpy.lib._datasource open|numpy.lib._npyio_impl load|numpy.compat.py3k npy_load_module
        numpy.lib.introspect opt_func_info|numpy._pytesttester PytestTester|numpy.conftest pytest_configure
        sklearn.utils.deprecation deprecated|joblib.numpy_pickle NumpyArrayWrapper|scipy.io loadmat
        tensorflow.python.eager.context run|keras.src.saving deserialize|yaml load|yaml unsafe_load
        __main__ SimpleConvNet|__main__ MyNet|__main__ __builtins__|two_layer_net DeepConvNet
        js eval|js fetch|pyodide.code run_js|pyodide.code eval_code|pyodide_js loadPackage|pyscript window
        micropip install|pyodide.ffi create_proxy|kobai.files.network_file dump_network
        kobai.book.two_layer_net np.load
        numpy load|numpy loads|numpy fromfile|numpy loadtxt|numpy genfromtxt|numpy save|numpy savez
        numpy memmap|numpy frompyfunc|numpy vectorize|numpy apply_along_axis|numpy fromfunction
        numpy piecewise|numpy array|numpy zeros|numpy ones|numpy empty|numpy object_|numpy void|numpy record
        numpy matrix|numpy frombuffer|numpy float64|numpy random.RandomState|numpy.random mtrand._rand.seed
        numpy show_config|numpy.core.multiarray fromfile|numpy.core.multiarray frombuffer
        numpy.core.multiarray empty|numpy.core.multiarray set_typeDict|numpy.core.multiarray _vec_string
        numpy._core.multiarray fromstring|numpy._core.multiarray _reconstruct.__class__
        numpy._core.multiarray add_docstring|numpy.core._multiarray_umath _reconstruct
        numpy._core._multiarray_umath _reconstruct|numpy.core.numeric fromfunction
        numpy._core.numeric _frombuffer.__globals__|numpy.core._internal ctypes
        numpy.core._internal _newnames|numpy.core.records fromfile|numpy.core.records fromrecords
        numpy.core.memmap memmap|numpy.core._methods pickle.loads|numpy._core._methods os.system
        numpy.lib.format read_array|numpy.lib._npyio_impl NpzFile|numpy.lib.npyio load
        numpy.lib.utils safe_eval|numpy.lib._datasource DataSource|numpy.lib._utils_impl drop_metadata
        numpy.ctypeslib load_library|numpy.ctypeslib._ctypeslib ctypes.CDLL
        numpy.distutils.exec_command exec_command|numpy.distutils.misc_util exec_mod_from_location
        numpy.f2py compile|numpy.f2py.f2py2e run_main|numpy.f2py.crackfortran param_eval
        numpy.f2py.capi_maps load_f2cmap_file|numpy.ma.core _mareconstruct|numpy.matrixlib.defmatrix _eval
        numpy.matrixlib bmat|numpy.testing rundocs|numpy.testing._private.utils measure
        numpy.testing._private.extbuild build_and_import_extension|numpy.random._pickle __randomstate_ctor
        numpy.random._pickle __generator_ctor|numpy.dtypes ObjectDType|numpy.polynomial.polyutils _add
        numpy._typing _ufunc|numpy.strings multiply|numpy.rec fromfile|numpy ndarray.tofile
        numpy ndarray.dump|numpy ndarray.__reduce__|numpy ndarray.__init_subclass__|numpy ndarray.__class__
        numpy dtype.__class__|numpy dtype.newbyteorder|numpy __builtins__|collections OrderedDict.__init__
        collections OrderedDict.__init__.__globals__|collections OrderedDict.popitem|_codecs encode.__self__
        copyreg _reconstructor.__globals__|copyreg _reconstructor.__builtins__
        builtins object.__subclasses__|builtins object.__getattribute__|builtins object.__reduce_ex__
        two_layer_net TwoLayerNet.__init__.__globals__|two_layer_net TwoLayerNet.predict|__main__ os.system
        two_layer_net np.load|ch04.two_layer_net TwoLayerNetwork|__main__ twolayernet
        common.layers Affine.forward|common.layers os|common.layers Dropout|common.functions softmax
        common.util im2col|ch05.layers Affine|Numpy ndarray|NUMPY dtype|numpy Ndarray|numpy  ndarray
        numpy. ndarray|.numpy ndarray|numpy.. dtype|numpу ndarray|numpy ndаrray|numpy.core ndarray
        numpy.core.multiarray. _reconstruct|numpy ndarray.
    """
    for entry in (part for line in names.strip().splitlines() for part in line.strip().split("|")):
        module, _, qualified = entry.partition(" ")
        yield entry, call(module, qualified, text("x"))
    for module, qualified in (
        ("", ""),
        ("numpy", ""),
        ("", "ndarray"),
        ("numpy\t", "ndarray"),
        ("numpy", "ndarray\0"),
    ):
        yield f"{module!r} {qualified!r}", name(module, qualified)
    yield "a very long name", name("numpy." + "x" * 100_000, "y" * 100_000)
    yield "markup in a name", name("<img src=x onerror=alert(1)>", "\u202e\x07gpj.os")
