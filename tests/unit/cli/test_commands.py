"""The command line: what it prints, and its exit codes 0 (done), 1 (failed) and 2 (wrong use)."""

import argparse
import csv
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.__main__ import main
from core.cli import train
from core.cli.commands import COMMANDS
from core.cli.models import model_path
from core.config import FIELD_SPECS, PRESETS, TrainConfig
from core.config.presets import preset_for
from core.datasets.mnist import load_arrays
from core.datasets.split import split_for
from core.export.formats import FORMATS, export_model
from core.jobs import scheduler
from core.jobs.scheduler import process_scheduler
from core.networks.builder import build
from core.preprocessing.mnist_form import Step
from core.recognition import RELEASED_MODEL, Digit, Reading, Recognizer
from core.runs.default_model import set_default_model
from core.runs.schema import Status
from core.training import loop
from tests.support.letters import add_letters, letter_images
from tests.support.runs import finished_status

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def seven(tmp_path):
    """A picture of MNIST's first test image, a 7, as ink on paper."""
    path = tmp_path / "seven.png"
    Image.fromarray(255 - load_arrays()["x_test"][0]).resize((140, 140)).save(path)
    return path


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"this is no picture")
    return path


def rows(text):
    return [json.loads(line) for line in text.splitlines()]


# train


def test_a_run_that_waits_says_for_which_one_and_what_goes_on_with_it(store, capsys, monkeypatch):
    paused = store.create(TrainConfig())
    paused.send("pause")
    paused.write_status(replace(Status.of_this_process(), state="paused"))
    polls = []

    def then_cancelled(store):
        polls.append(None)
        if len(polls) == 3:
            store.queue()[0].send("stop")

    monkeypatch.setattr(scheduler, "start_next", then_cancelled)
    assert main(["train"]) == 1
    (run,) = (each for each in store.all() if each.id != paused.id)
    sentence = f"Run {run.id} waits for {paused.id}, which is paused. It goes on with: "
    assert capsys.readouterr().err.count(f"{sentence}python -m core control {paused.id} resume") == 1, "it is said once"


@pytest.mark.parametrize("name", ["control", "tell"])
def test_a_run_is_sent_commands(store, capsys, monkeypatch, name):
    monkeypatch.setattr(scheduler, "start_next", lambda store: None)
    run = store.create(TrainConfig())
    assert main([name, run.id, "extend", "3"]) == main([name, run.id, "stop"]) == 0
    assert [(each.command, each.value) for each in run.commands()] == [("extend", 3), ("stop", None)]
    assert capsys.readouterr().out.splitlines()[-1] == f"Run {run.id} was queued; it was sent: stop"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (
            ["rate", "7"],
            "cannot be given another learning rate: the learning rate cannot be 7.0: a number from 0.00001",
        ),
        (["extend", "1.5"], "cannot be extended: epochs cannot be 1.5: a whole number from 1 to 200 is wanted."),
        (["extend", "nan"], "cannot be extended: epochs cannot be nan: a whole number from 1 to 200 is wanted."),
        (["extend"], "extend needs a value: how many epochs more."),
        (["rate"], "rate needs a value: the learning rate."),
        (["pause", "3"], "pause takes no value; it was given 3."),
    ],
)
def test_a_command_that_no_run_can_follow_is_wrong_use(store, capsys, command, sentence):
    run = store.create(TrainConfig())
    assert main(["control", run.id, *command]) == 2
    assert sentence in capsys.readouterr().err
    assert run.commands() == []


def test_an_imported_run_cannot_be_resumed(finished_run, capsys):
    finished_run.write_notes(imported=1.0)
    assert main(["control", finished_run.id, "resume"]) == 2
    assert f"Run {finished_run.id} cannot be resumed: an imported run has no checkpoint" in capsys.readouterr().err


def test_a_run_that_is_resumed_gets_a_worker(store, monkeypatch):
    run = store.create(TrainConfig())
    run.write_status(Status("stopped"))
    started = []
    monkeypatch.setattr(process_scheduler, "workers", {})  # those of other tests may be on their way out still
    monkeypatch.setattr(process_scheduler, "start_worker", lambda run: started.append(run.id))
    assert main(["control", run.id, "extend", "1"]) == 0 and started == []
    assert main(["control", run.id, "resume"]) == 0 and started == [run.id]


def test_a_finished_run_that_is_extended_gets_a_worker(finished_run, monkeypatch):
    started = []
    monkeypatch.setattr(process_scheduler, "workers", {})  # those of other tests may be on their way out still
    monkeypatch.setattr(process_scheduler, "start_worker", lambda run: started.append(run.id))
    assert main(["control", finished_run.id, "extend", "1"]) == 0 and started == [finished_run.id]


@pytest.mark.parametrize(
    ("command", "participle"),
    [
        (["pause"], "paused"),
        (["stop"], "stopped"),
        (["stop_after_epoch"], "stopped after an epoch"),
        (["first"], "put first in the queue"),
        (["rate", "0.01"], "given another learning rate"),
    ],
)
def test_a_finished_run_can_only_be_trained_further(finished_run, capsys, command, participle):
    assert main(["control", finished_run.id, *command]) == 2
    wanted = f"Run {finished_run.id} cannot be {participle}: it has finished. To train it further, use extend."
    assert wanted in capsys.readouterr().err
    assert finished_run.commands() == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--epochs", "0"], "epochs is 0; it must lie between 1 and 200."),
        (["--learning-rate", "nan"], "learning_rate is nan; it must be a number from 0.00001 to 1."),
        (["--learning-rate", "5"], "learning_rate is 5.0; it must lie between 0.00001 and 1."),
        (["--seed", "-1"], "seed is -1; it must lie between 0 and 2147483647."),
        (["--seed", "9" * 400], "it must lie between 0 and 2147483647."),
        (["--optimizer", "magic"], "optimizer is 'magic'; it must be one of adam, sgd, rmsprop, adamw."),
        (["--preset", "big"], f"preset is 'big'; it must be one of {', '.join(PRESETS)}."),
        (["--dataset", "none"], "There is no data set 'none' here. Add it, or choose another one."),
        (["--start-from", "none"], "start_from is 'none'; it must be 'reader' or the id of a run that has a model."),
    ],
)
def test_a_wrong_setting_is_wrong_use_and_files_no_run(store, capsys, arguments, sentence):
    assert main(["train", *arguments]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("python -m core: ") and printed.err.rstrip().endswith(sentence)
    assert printed.out == "" and store.all() == []


def test_a_preset_is_taken_for_a_data_set_without_what_only_digits_have(store):
    letters, parser = add_letters(store.root), argparse.ArgumentParser()
    train.add_arguments(parser)
    config = train._config(parser.parse_args(["--preset", "reader", "--dataset", "letters"]))
    assert config == preset_for(PRESETS["reader"], letters) and not config.other_hands


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["train", "--epochs", "many"],
        ["train", "--wings", "2"],
        ["read"],
        ["export", "shipped"],
        ["export", "shipped", "--format", "paper"],
        ["control", "run", "fly"],
        ["control", "run", "extend", "many"],
    ],
)
def test_wrong_use(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m core" in capsys.readouterr().err


@pytest.mark.parametrize("command", [each.name for each in COMMANDS])
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert f"usage: python -m core {command}" in capsys.readouterr().out


@pytest.mark.parametrize(("alias", "command"), [("tell", "control"), ("ship", "release")])
def test_the_help_of_an_earlier_name_names_the_command(alias, command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([alias, "--help"])
    assert caught.value.code == 0
    assert f"usage: python -m core {command} " in capsys.readouterr().out


def test_the_help_names_the_earlier_names_as_aliases(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    assert "control (tell)" in printed and "release (ship)" in printed


def test_help_names_every_setting_with_its_range(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    words = " ".join(capsys.readouterr().out.split())
    assert all(f"--{name.replace('_', '-')}" in words for name in FIELD_SPECS)
    assert "0 to 2147483647;" in words and "0.00001 to 1;" in words and "adam, sgd, rmsprop, adamw;" in words
    assert "--no-augmentation" in words


# read


def test_a_broken_picture_fails_and_the_good_one_is_read(seven, broken, tmp_path, capsys):
    missing = tmp_path / "missing.png"
    assert main(["read", "--json", str(broken), str(seven), str(missing)]) == 1
    bad, good, gone = rows(capsys.readouterr().out)
    assert bad["file"] == str(broken) and "broken.png" in bad["error"]
    assert gone == {"file": str(missing), "error": "cannot be opened: there is no such file; check the path."}
    assert (good["file"], good["text"]) == (str(seven), "7") and good["confidence"] > 0.5
    (digit,) = good["digits"]
    assert digit["label"] == 7 and digit["refused"] is False and len(digit["box"]) == 4


def test_a_line_a_picture(seven, broken, capsys):
    assert main(["read", "--single", str(seven), str(broken)]) == 1
    good, bad = capsys.readouterr().out.splitlines()
    assert good.startswith(f"{seven}: 7  ") and good.endswith("%")
    assert bad.startswith(f"{broken}: ")


def test_ink_that_is_no_digit_is_not_called_no_ink(tmp_path, capsys):
    crossed, table = tmp_path / "x.png", tmp_path / "x.csv"
    picture = Image.new("L", (400, 400), 255)
    for ends in ((60, 60, 340, 340), (60, 340, 340, 60)):
        ImageDraw.Draw(picture).line(ends, 0, 30)
    picture.save(crossed)
    assert main(["read", "--csv", str(table), str(crossed)]) == 0
    assert capsys.readouterr().out == f"{crossed}: nothing was found that looks like a digit\n"
    assert "looks like a digit" in table.read_text(encoding="utf-8-sig")


def guessed(label, confidence, other, line=0, refused=False):
    """A digit that was read, with what it may be instead."""
    shares = np.full(10, 0.01, np.float32)
    shares[[label, other]] = confidence, confidence - 0.1
    return Digit(label, confidence, refused, shares, (1, 2, 3, 4), np.zeros((28, 28), np.uint8), line)


@pytest.mark.parametrize(
    ("text", "digits", "said"),
    [
        ("7", [guessed(7, 0.95, 1)], "7  95.0 %"),
        ("7", [guessed(7, 0.6, 1)], "7  60.0 %  unsure: perhaps 1"),
        ("8", [guessed(8, 0.3, 3, refused=True)], "8  30.0 %  does not look like a digit; the nearest is 8"),
        ("", [guessed(8, 0.3, 3, refused=True)], "nothing was found that looks like a digit"),
        ("47", [guessed(4, 0.95, 9), guessed(7, 0.6, 1)], "47  60.0 %  unsure: 2nd digit 7 (perhaps 1)"),
        (
            "47\n1",
            [guessed(4, 0.5, 9), guessed(2, 0.4, 3, refused=True), guessed(7, 0.7, 1), guessed(1, 0.79, 7, line=2)],
            "47 / 1  50.0 %  unsure: line 1, 1st digit 4 (perhaps 9); line 1, 2nd digit 7 (perhaps 1); "
            "line 2, 1st digit 1 (perhaps 7)",
        ),
        (
            "7" * 23,
            [guessed(7, 0.6, 1)] * 23,
            "7" * 23
            + "  60.0 %  unsure: "
            + "".join(
                f"{place} digit 7 (perhaps 1); " for place in ("1st", "2nd", "3rd", *[f"{n}th" for n in range(4, 11)])
            )
            + "13 more",
        ),
    ],
)
def test_an_unsure_digit_is_named_with_the_second_guess(text, digits, said, seven, tmp_path, capsys, monkeypatch):
    class Reader:
        def read_many(self, pictures, single):
            ink = Step("ink", np.ones((1, 1), np.uint8), "")
            return [Reading(text, tuple(digits), (ink,)) for _ in pictures]

    monkeypatch.setattr("core.cli.read.picture_reader", lambda *_: Reader())
    table = tmp_path / "table.csv"
    assert main(["read", "--csv", str(table), str(seven)]) == 0
    assert capsys.readouterr().out == f"{seven}: {said}\n"
    [row] = csv.DictReader(table.read_text("utf-8-sig").splitlines())
    assert said.endswith(row["note"])
    assert main(["read", "--json", str(seven)]) == 0
    [output] = rows(capsys.readouterr().out)
    assert [each["second"] for each in output["digits"]] == [int(each.probabilities.argsort()[-2]) for each in digits]


def test_a_reading_that_was_simplified_says_so(seven, capsys, monkeypatch):
    class Reader:
        def read_many(self, pictures, single):
            return [Reading("77", (guessed(7, 0.9, 1), guessed(7, 0.9, 1)), (), is_simplified=True)]

    monkeypatch.setattr("core.cli.read.picture_reader", lambda *_: Reader())
    assert main(["read", str(seven)]) == 0
    assert "77  90.0 %  too much for a thorough reading" in capsys.readouterr().out


def test_a_blank_picture_has_nothing_to_read(tmp_path, capsys):
    blank = tmp_path / "blank.png"
    Image.new("L", (100, 100), 255).save(blank)
    assert main(["read", str(blank)]) == 0
    assert capsys.readouterr().out == f"{blank}: nothing to read: no ink was found\n"
    assert main(["read", "--json", str(blank)]) == 0
    assert rows(capsys.readouterr().out) == [{"file": str(blank), "text": "", "confidence": 0.0, "digits": []}]


def test_a_folder_with_a_zip_in_it(seven, broken, tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.write(seven, "sub/it's 🎈.png")
        archive.writestr("notes.txt", "x")
    table = tmp_path / "table.csv"
    assert main(["read", "--single", "--csv", str(table), str(tmp_path)]) == 1
    printed = capsys.readouterr()
    bad, zipped, good = printed.out.splitlines()
    assert bad.startswith(f"{broken}: broken.png is not a picture")
    assert zipped.startswith(f"{tmp_path}/more.zip/sub/it's 🎈.png: 7  ")
    assert good.startswith(f"{seven}: 7  ")
    assert "Passed over in more.zip: other files (1)." in printed.err
    assert "2 of 3 pictures were read." in printed.err and "3/3" in printed.err
    output = list(csv.DictReader(table.read_text("utf-8-sig").splitlines()))
    assert [row["text"] for row in output] == ["", "7", "7"]
    assert output[0]["note"].startswith("broken.png is not a picture") and output[0]["confidence"] == ""
    assert output[2]["note"] == "" and float(output[2]["confidence"]) > 0.5


def test_more_pictures_than_one_batch_are_each_printed_once(seven, tmp_path, capsys):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(130):
        (folder / f"{number}.png").symlink_to(seven)
    assert main(["read", "--single", "--json", str(folder)]) == 0
    output = rows(capsys.readouterr().out)
    assert [row["file"] for row in output] == [str(folder / f"{number}.png") for number in range(130)]
    assert {row["text"] for row in output} == {"7"}


def test_a_table_that_cannot_be_written_is_reported_before_anything_is_read(seven, tmp_path, capsys):
    for table, reason, code in (
        (tmp_path / "missing" / "x.csv", "there is no such file; check the path", 2),
        (tmp_path, "it is a folder; choose a file", 1),
    ):
        assert main(["read", "--csv", str(table), str(seven)]) == code
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err == f"python -m core: The table {table} cannot be written: {reason}.\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_table_on_a_full_disk_is_a_sentence_after_all_is_read(seven, capsys):
    assert main(["read", "--single", "--csv", "/dev/full", str(seven)]) == 1
    printed = capsys.readouterr()
    assert printed.out.startswith(f"{seven}: 7  ")
    assert (
        printed.err == "python -m core: The table /dev/full cannot be written: no space is left on the disk; "
        "free some, then try again.\n"
    )


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("missing", "There is no run 'missing' in {root}."),
        ("missing.keras", "There is no model file at missing.keras. Check the path."),
    ],
)
def test_a_model_that_is_neither_a_run_nor_a_file_is_wrong_use(seven, store, capsys, model, sentence):
    assert main(["read", "--model", model, str(seven)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"python -m core: {sentence.format(root=store.root)}\n"


def test_reading_with_a_run_of_ones_own(finished_run, seven, capsys):
    assert main(["read", "--single", "--json", "--model", finished_run.id, str(seven)]) == 0
    (answer,) = rows(capsys.readouterr().out)
    reading = Recognizer.load(finished_run.model_path).read(Image.open(seven), single=True)
    assert answer["text"] == reading.text
    assert answer["confidence"] == pytest.approx(reading.digits[0].confidence)


def test_a_damaged_model_fails_in_a_sentence(tmp_path, seven, capsys):
    model = tmp_path / "model.keras"
    model.write_bytes(RELEASED_MODEL.read_bytes()[:5000])
    assert main(["read", "--model", str(model), str(seven)]) == 1
    assert "model.keras is damaged" in capsys.readouterr().err


# evaluate, export, release


def test_evaluate_the_shipped_model(capsys):
    assert main(["evaluate", "shipped", "--json"]) == 0
    (result,) = rows(capsys.readouterr().out)
    card = json.loads(RELEASED_MODEL.with_suffix(".json").read_text("utf-8"))
    assert result["run"] == "shipped" and result["count"] == 10_000
    assert result["accuracy"] == pytest.approx(card["test_accuracy"], abs=5e-4)
    assert np.trace(result["confusion_matrix"]) == result["correct"]


def test_evaluate_a_run_in_words(finished_run, capsys):
    assert main(["evaluate", finished_run.id]) == 0
    first, *digits = capsys.readouterr().out.splitlines()
    assert first.startswith("Test accuracy ") and first.endswith(" of 10,000")
    assert [line.split(":")[0].strip() for line in digits] == list("0123456789")


@pytest.fixture
def folded_run(store):
    """A finished run on letters without test images, whose fold of 12 of the 60 stands in for them."""
    config = TrainConfig(dataset=add_letters(store.root, has_test=False), fold=1, hidden_units=8)
    run = store.create(config)
    run.save_model(build(config))
    run.write_status(finished_status())
    return run


@pytest.mark.parametrize("is_file", [False, True])
def test_a_run_is_evaluated_on_images_that_it_has_not_learned(folded_run, is_file, capsys, monkeypatch):
    seen = []

    def classify(self, images):
        seen.append(images)
        return np.eye(3)[np.zeros(len(images), int)]

    monkeypatch.setattr(Recognizer, "classify", classify)
    name = str(folded_run.model_path) if is_file else folded_run.id
    assert main(["evaluate", name]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("Accuracy on the validation images 33.33 %") and first.endswith(" of 12")
    assert rest == ["  A: 100.00 % of 4", "  K: 0.00 % of 4", "  Z: 0.00 % of 4"]
    wanted = split_for(folded_run.config(), folded_run.folder.parent).validation.images
    assert np.array_equal(np.concatenate(seen), wanted)


def test_a_file_that_says_not_what_it_learned_is_not_evaluated_on_what_it_may_have(folded_run, tmp_path, capsys):
    export_model(folded_run.folder, "keras", tmp_path / "elsewhere.keras", "letters")
    assert main(["evaluate", str(tmp_path / "elsewhere.keras")]) == 2
    assert "Letters has no test images" in capsys.readouterr().err


@pytest.fixture
def labelled(tmp_path):
    """Ten of MNIST's test images in folders by their label, one 7 among the 1s, one blank 3, and a broken one."""
    data = load_arrays()
    folder = tmp_path / "labelled"
    for digit in range(10):
        (folder / str(digit)).mkdir(parents=True)
        image = data["x_test"][data["y_test"] == digit][0]
        Image.fromarray(255 - image).resize((140, 140)).save(folder / str(digit) / "right.png")
    (folder / "1" / "it's a 7.png").write_bytes((folder / "7" / "right.png").read_bytes())
    Image.new("L", (40, 40), 255).save(folder / "3" / "blank.png")
    (folder / "5" / "broken.png").write_bytes(b"no picture")
    return folder


def test_evaluate_labelled_pictures_in_words(labelled, tmp_path, capsys):
    assert main(["evaluate", "--pictures", str(labelled), "--mistakes", str(tmp_path / "mistakes")]) == 1
    printed = capsys.readouterr()
    first, *lines = printed.out.splitlines()
    assert first.startswith("Accuracy 83.33 % (") and first.endswith(", 10 of 12 digits")
    assert "  1: 50.00 % of 2" in lines and "  9: 100.00 % of 1" in lines
    assert "Not opened, and counted neither way: 1" in lines
    assert any(line.startswith(f"  {labelled}/1/it's a 7.png: 1 read as 7  ") for line in lines)
    assert "broken.png is not a picture" in printed.err
    copied = sorted(path.name for path in (tmp_path / "mistakes").iterdir())
    assert copied == ["0001 1 read as 7.png", "0002 3 read as nothing.png"]


def test_misread_pictures_that_cannot_be_copied_are_reported_in_a_sentence(labelled, tmp_path, capsys):
    taken = tmp_path / "taken"
    taken.write_text("a file")
    assert main(["evaluate", "--pictures", str(labelled), "--mistakes", str(taken)]) == 1
    assert capsys.readouterr().err.endswith(
        f"python -m core: The folder {taken} for misread pictures cannot be made: a file of that "
        "name exists already; choose another path, or remove it.\n"
    )
    folder = tmp_path / "mistakes"
    (folder / "0001 1 read as 7.png").mkdir(parents=True)
    assert main(["evaluate", "--pictures", str(labelled), "--mistakes", str(folder)]) == 1
    assert capsys.readouterr().err.endswith(
        f"python -m core: A misread picture cannot be copied to {folder}/0001 1 read as 7.png: "
        "it is a folder; choose a file.\n"
    )


def test_evaluate_labelled_numbers_as_json(tmp_path, capsys):
    images = load_arrays()["x_test"][:3]  # a 7, a 2 and a 1
    row = np.concatenate([np.pad(255 - image, 6, constant_values=255) for image in images], axis=1)
    Image.fromarray(row).resize((row.shape[1] * 4, row.shape[0] * 4)).save(tmp_path / "number.png")
    (tmp_path / "labels.csv").write_text("file,label\nnumber.png,721\n")
    assert main(["evaluate", "shipped", "--pictures", str(tmp_path), "--json"]) == 0
    (result,) = rows(capsys.readouterr().out)
    assert result["run"] == "shipped" and result["pictures"] == 1 and result["digits"] is None
    assert result["numbers"]["accuracy"] == result["numbers"]["digits_right"] == 1
    assert result["mistakes"] == result["unread"] == []


def test_evaluate_where_nothing_can_be_opened_or_is_labelled(tmp_path, capsys):
    (tmp_path / "4").mkdir()
    (tmp_path / "4" / "x.png").write_bytes(b"x")
    assert main(["evaluate", "--pictures", str(tmp_path)]) == 1
    assert "None of the 1 labelled pictures could be opened." in capsys.readouterr().err
    assert main(["evaluate", "--pictures", str(tmp_path / "4")]) == 1
    assert "neither folders 0 to 9" in capsys.readouterr().err
    assert main(["evaluate", "--pictures", str(tmp_path / "missing")]) == 2
    assert f"There is no folder or CSV at {tmp_path / 'missing'}." in capsys.readouterr().err
    assert main(["evaluate", "--mistakes", str(tmp_path / "m")]) == 2
    assert "--mistakes copies misread pictures, so it needs --pictures." in capsys.readouterr().err


@pytest.mark.parametrize("command", [["evaluate"], ["export", "--format", "keras"], ["bundle"], ["release"], ["ship"]])
def test_an_unknown_run_is_wrong_use(store, capsys, command):
    assert main([*command, "nothing"]) == 2
    assert f"There is no run 'nothing' in {store.root}." in capsys.readouterr().err


@pytest.mark.parametrize("command", [["evaluate"], ["export", "--format", "keras"], ["bundle"], ["release"], ["ship"]])
def test_a_run_without_a_model_is_wrong_use(store, capsys, command):
    run = store.create(TrainConfig())
    assert main([*command, run.id]) == 2
    assert f"Run {run.id} has no model: it is queued." in capsys.readouterr().err


def test_export_a_run(finished_run, tmp_path, capsys):
    target = tmp_path / "mine.keras"
    command = ["export", finished_run.id, "--format", "keras", "--output", str(target)]
    assert main(command) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [f"Wrote {target}", "Largest difference from the original on 100 test images: 0.0e+00"]
    images = load_arrays()["x_test"][:3]
    ours, theirs = (Recognizer.load(path).classify(images) for path in (target, finished_run.model_path))
    assert np.array_equal(ours, theirs)
    assert main(command) == 1
    assert "mine.keras exists already; choose another with --output, or remove it." in capsys.readouterr().err


def test_an_export_into_a_folder_that_is_not_there(tmp_path, capsys):
    target = tmp_path / "missing" / "mine.keras"
    assert main(["export", "shipped", "--format", "keras", "--output", str(target)]) == 2
    wanted = f"There is no folder {target.parent}; create it, or choose another with --output."
    assert wanted in capsys.readouterr().err


@pytest.mark.parametrize(("name", "suffix"), [("keras", ".keras"), ("litert", ".tflite")])
def test_an_export_with_another_suffix_is_wrong_use(finished_run, tmp_path, capsys, name, suffix):
    target = tmp_path / "mine.txt"
    assert main(["export", finished_run.id, "--format", name, "--output", str(target)]) == 2
    assert f"The name of a {name} file ends in {suffix}; --output is {target}." in capsys.readouterr().err
    assert not target.exists()


def test_an_export_is_named_after_the_run(finished_run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", finished_run.id, "--format", "keras"]) == 0
    assert (tmp_path / f"{finished_run.id}.keras").is_file()
    assert main(["export", f"{finished_run.id}.keras", "--format", "savedmodel"]) == 0
    assert (tmp_path / finished_run.id).is_dir()


def test_an_export_is_compared_with_the_original(finished_run, tmp_path, monkeypatch, capsys):
    command = ["export", finished_run.id, "--format", "litert", "--json", "--output"]
    assert main([*command, str(tmp_path / "mine.tflite")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["run"], said["file"]) == (finished_run.id, str(tmp_path / "mine.tflite")) and said["difference"] < 1e-5
    without_numbers = replace(FORMATS["litert"], predict=lambda path, images: np.full((100, 10), np.nan))
    monkeypatch.setitem(FORMATS, "litert", without_numbers)
    assert main([*command, str(tmp_path / "other.tflite")]) == 1
    assert "outputs differ from the original's by up to nan" in capsys.readouterr().err
    assert [each.name for each in tmp_path.glob("*.tflite")] == ["mine.tflite"]


@pytest.mark.parametrize("name", ["release", "ship"])
def test_a_run_without_a_report_is_not_released(store, finished_run, capsys, name):
    run = store.create(TrainConfig())
    run.model_path.write_bytes(finished_run.model_path.read_bytes())
    run.write_status(finished_status())
    before = RELEASED_MODEL.read_bytes()
    assert main([name, run.id]) == 2
    assert "only a finished run can be released" in capsys.readouterr().err
    assert RELEASED_MODEL.read_bytes() == before


def test_layers_come_from_a_json_file(store, tmp_path, monkeypatch):
    from core.cli import train

    monkeypatch.setattr(train, "_follow", lambda store, run: None)
    path = tmp_path / "layers.json"
    path.write_text('[{"class_name": "Flatten"}]')
    main(["train", "--layers", str(path)])
    assert store.all()[0].config() == TrainConfig(layers=[{"class_name": "Flatten"}])
    path.write_text('[{"class_name": "Dense"}]')
    assert main(["train", "--layers", str(path)]) == 2


def test_a_file_without_layers_is_refused_in_words(tmp_path, capsys):
    half, missing = tmp_path / "half.json", tmp_path / "none.json"
    half.write_text('[{"class')
    for path, sentence in (
        (half, f"{half} holds no JSON list of layers: "),
        (missing, f"{missing} does not exist. Check"),
    ):
        with pytest.raises(SystemExit) as caught:
            main(["train", "--layers", str(path)])
        printed = capsys.readouterr().err
        assert caught.value.code == 2 and sentence in printed and "Errno" not in printed


@pytest.mark.parametrize(("command", "program"), [("digit-studio", "digit-studio"), ("-m", "python -m core")])
def test_a_failed_training_is_reported_under_the_name_of_the_program(store, capsys, monkeypatch, command, program):
    from core.cli import train

    failed = Status("failed", error="The disk is full.")
    monkeypatch.setattr(train, "_follow", lambda store, run: run.write_status(failed))
    monkeypatch.setattr("sys.argv", [f"/usr/bin/{command}"])
    assert main(["train"]) == 1
    assert f"\n{program}: The disk is full.\n" in capsys.readouterr().err


def test_a_command_that_would_change_nothing_is_said_not_to_be_sent(store, capsys):
    run = store.create(TrainConfig())
    run.write_status(Status.of_this_process())
    assert main(["control", run.id, "pause"]) == 0
    assert "it was sent: pause" in capsys.readouterr().out
    assert main(["control", run.id, "pause"]) == 0
    assert "pause would change nothing." in capsys.readouterr().out and len(run.commands()) == 1


# what is exported or chosen is read with


def test_an_exported_model_reads_a_picture_with_the_names_of_its_classes(store, tmp_path, capsys):
    run = store.create(TrainConfig(dataset=add_letters(store.root), hidden_units=32, epochs=20, batch_size=8))
    loop.train(run.config(), run)
    picture = tmp_path / "z.png"
    Image.fromarray(255 - np.pad(letter_images(1, seed=3)[0][2], 20).repeat(4, 0).repeat(4, 1)).save(picture)
    model = tmp_path / "letters.keras"
    assert main(["export", run.id, "--format", "keras", "--output", str(model)]) == 0
    shutil.rmtree(store.root)  # neither its run nor its data set is there any more
    capsys.readouterr()
    assert main(["read", str(picture), "--model", str(model), "--json"]) == 0
    (found,) = rows(capsys.readouterr().out)
    assert (found["text"], [each["label"] for each in found["digits"]]) == ("Z", ["Z"])


def test_the_reader_of_the_browser_is_read_with_where_it_is_named(store, finished_run, seven, capsys):
    assert model_path("default") is None
    set_default_model(store.root, finished_run.id)
    assert model_path("default") == finished_run.folder and model_path(None) is None
    assert main(["read", str(seven), "--single", "--model", "default"]) == 0
    shutil.rmtree(finished_run.folder)
    assert main(["read", str(seven), "--model", "default"]) == 2
    assert "There is no run" in capsys.readouterr().err
