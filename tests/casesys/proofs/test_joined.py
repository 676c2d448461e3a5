"""The verifier is one file: the same that is tested here, readable, and of bare Python alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from casesys.cli import main
from casesys.proofs.joined import CannotJoin, join, joined_verifier
from casesys.verifier.sentences import SENTENCES

ABOUT = '"""About {}."""\nfrom __future__ import annotations\n'


def texts(**modules: str) -> dict[str, str]:
    return {name: ABOUT.format(name) + text for name, text in modules.items()}


def test_each_module_stands_behind_those_that_it_asks() -> None:
    joined = join(
        texts(
            __main__="from casesys.verifier.above import twice\nprint(twice(2))\n",
            above="import math\nfrom casesys.verifier.below import ONE\n\n\n"
            "def twice(n: int) -> int:\n    # Why it is so.\n    return math.floor(n * 2 * ONE)\n",
            below="from math import floor as down\n\nONE = down(1.5)\n",
        )
    )
    run = subprocess.run([sys.executable, "-I", "-c", joined], capture_output=True, check=True)
    assert run.stdout == b"4\n"
    assert joined.startswith('"""About __main__.')
    assert "# About below." in joined and "# Why it is so." in joined
    assert joined.index("ONE = down") < joined.index("def twice") < joined.index("print(")
    assert joined.count("from __future__") == 1 and "casesys" not in joined


@pytest.mark.parametrize(
    ("modules", "why"),
    [
        (
            {"__main__": "from casesys.verifier.a import X\nX = 2\n", "a": "X = 1\n"},
            "X stands in a and in __main__",
        ),
        ({"__main__": "from json import loads\nloads = 2\n"}, "loads stands in"),
        (
            {"__main__": "from casesys.verifier.a import X as Y\n", "a": "X = 1\n"},
            "casesys.verifier.a under another name",
        ),
        (
            {
                "__main__": "from casesys.verifier.a import X\n",
                "a": "from casesys.verifier.__main__ import Y\nX = 1\n",
            },
            "__main__ asks a asks __main__",
        ),
        ({"__main__": "from casesys.verifier.b import X\n"}, "__main__ asks b"),
    ],
)
def test_what_one_file_cannot_say_is_refused(modules: dict[str, str], why: str) -> None:
    with pytest.raises(CannotJoin, match=re.escape(why)):
        join(texts(**modules))


def test_the_program_asks_the_standard_library_and_nothing_else() -> None:
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(joined_verifier().text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [n.name for n in node.names]
        )
    }
    assert imported <= {*sys.stdlib_module_names}
    # It opens what it was given to read; nothing of it writes, asks a network or starts a program.
    assert not imported & {"os", "subprocess", "socket", "urllib", "http", "shutil", "tempfile"}
    assert not re.search(rb"open\([^)]*[\"'][wax+]", joined_verifier().text)


def test_modules_of_the_verifier_ask_only_one_another() -> None:
    for file in files("casesys.verifier").iterdir():
        if not file.name.endswith(".py"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                own = module.startswith("casesys.verifier.")
                assert own or module.split(".")[0] in sys.stdlib_module_names, (file.name, module)


def test_the_comments_and_the_order_of_its_parts_are_kept() -> None:
    text = joined_verifier().text.decode()
    for file in files("casesys.verifier").iterdir():
        if file.name.endswith(".py") and file.name != "__init__.py":
            lines = file.read_text("utf-8").splitlines()
            comments = [line.strip() for line in lines if line.strip().startswith("# ")]
            assert all(comment in text for comment in comments), file.name
    # A docstring of a hundred letters is two longer as a comment.
    assert max(len(line) for line in text.splitlines() if "import" not in line) <= 102


def test_the_command_writes_it_and_says_its_digest(tmp_path: Path) -> None:
    file = tmp_path / "verify.py"
    answer = CliRunner().invoke(
        main, ["audit", "verifier", "-o", str(file)], env={"CASESYS_HOME": str(tmp_path)}
    )
    assert answer.exit_code == 0
    assert joined_verifier().sha256 in answer.output
    assert file.read_bytes() == joined_verifier().text
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(file), "--help"], capture_output=True, check=False, env={}
    )
    assert run.returncode == 0 and b"bundle" in run.stdout


def test_every_sentence_is_said_in_both_languages_with_the_same_values() -> None:
    for code, (chinese, english) in SENTENCES.items():
        places = [sorted(re.findall(r"\{(\w+)", text)) for text in (chinese, english)]
        assert places[0] == places[1], code
        assert re.search("[一-鿿]", chinese) and not re.search("[一-鿿]", english), code
        assert not set("!！") & set(chinese + english), code


def test_every_sentence_that_is_said_is_there_and_none_is_there_for_nothing() -> None:
    package = files("casesys.verifier")
    every = "".join(
        file.read_text("utf-8")
        for file in package.iterdir()
        if file.name.endswith(".py") and file.name != "sentences.py"
    )
    raised = set(re.findall(r'(?:Unfit|Refusal)\(\s*"([a-z_]+)"', every))
    assert raised <= set(SENTENCES)
    assert {code for code in SENTENCES if f'"{code}"' not in every} == set()
