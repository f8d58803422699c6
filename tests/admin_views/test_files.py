"""Files in the panel: handed in with a form, kept while something else is wrong, and given out to be saved."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask

from models.attachment import Attachment
from models.customer import Customer
from models.files import store
from tests.admin_views.test_cli import done, run
from tests.filekit import PAGE, PDF, PNG, attached, folder, hand_in
from tests.models.world import OWN, SEE
from tests.panel import Forms, Panel, company, stored
from tests.people import VIEWER, add_user

ONE_DATABASE = pytest.mark.databases("sqlite")  # what is asked of no database
SELLING = {"customer": OWN, "account": OWN, "channel": SEE, "customer_group": SEE, "user": SEE}


@pytest.fixture(autouse=True)
def _folder(app: Flask, tmp_path: Path) -> Iterator[None]:
    before = app.config["FILES_FOLDER"]
    app.config["FILES_FOLDER"] = tmp_path / "files"
    yield
    app.config["FILES_FOLDER"] = before


@pytest.fixture
def panel(app: Flask) -> Panel:
    return Panel(app)


def new(customer: Customer) -> str:
    return f"/attachment/new/?customer={customer.id}"


def only() -> Attachment:
    [row] = stored(Attachment)
    return row  # type: ignore[no-any-return]


def address(row: Attachment) -> str:
    return f"/attachment/file/?id={row.id}"


def test_a_file_is_handed_in_on_a_customers_record_and_saved_from_there(panel: Panel) -> None:
    customer = company()
    answer = panel.fill(new(customer), {"file": (BytesIO(PDF), "../Vertrag №1.pdf"), "text": "Signed."}, fragment=True)
    assert answer.status_code == 200
    assert "Vertrag №1.pdf" in answer.text
    row = only()
    assert (row.name, row.size, row.text, row.author is not None) == ("Vertrag №1.pdf", len(PDF), "Signed.", True)
    given = panel.get(address(row))
    assert (given.status_code, given.data) == (200, PDF)


@ONE_DATABASE
def test_a_file_is_given_out_to_be_saved_and_never_to_be_shown(panel: Panel) -> None:
    answer = panel.get(address(attached(company(), name="Vertrag №1.pdf")))
    headers = answer.headers
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"Vertrag No1.pdf\"; filename*=UTF-8''Vertrag%20%E2%84%961.pdf"
    )
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert (headers["Cache-Control"], headers["Content-Length"]) == ("no-store", str(len(PDF)))
    assert not {"ETag", "Set-Cookie"} & set(headers.keys())


@ONE_DATABASE
@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (PAGE, "picture.png", "This is not a png file, though its name says so."),
        (PDF, "page.html", "Files of this kind are not kept here."),
        (PDF, "invoice\u202efdp.exe", "Files of this kind are not kept here."),
        (b"", "empty.pdf", "This file is empty."),
        (PDF + bytes(100_000), "large.pdf", "This file is larger than 0.1 MB, which is the most that is kept."),
    ],
)
def test_what_is_refused_is_refused_beside_the_field(
    app: Flask, panel: Panel, monkeypatch: pytest.MonkeyPatch, content: bytes, name: str, why: str
) -> None:
    monkeypatch.setitem(app.config, "FILE_MEGABYTES", 0.1)
    answer = hand_in(panel, new(company()), content, name, text="Typed all the same.")
    assert answer.status_code == 422
    assert why in answer.text
    assert "Typed all the same." in answer.text
    assert stored(Attachment) == []
    assert folder() == set()


@ONE_DATABASE
def test_of_a_file_that_was_too_large_to_be_sent_its_field_says_so(panel: Panel) -> None:
    answer = hand_in(panel, new(company()), b"", "", **{"file-large": "1"})
    [field] = re.findall(r'id="file-error">.*?</p>', answer.text, re.DOTALL)
    assert "This file is larger than 10 MB, which is the most that is kept." in field
    assert "This field is required." not in answer.text
    assert stored(Attachment) == []


@ONE_DATABASE
def test_far_too_much_is_refused_before_it_is_read(panel: Panel) -> None:
    customer = company()
    for path, most in ((new(customer), 22_000_000), (f"/customer/edit/?id={customer.id}", 2 * 1024 * 1024)):
        for length, status in ((most, 400), (most + 1, 413)):
            said = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
            assert panel.client.post(path, environ_overrides=said).status_code == status


def test_what_was_handed_in_is_kept_while_another_field_is_wrong(panel: Panel) -> None:
    answer = hand_in(panel, new(company()), PDF, "contract.pdf", name="x" * 300)
    assert answer.status_code == 422
    assert f"contract.pdf, {len(PDF)} bytes, is kept and need not be chosen again." in answer.text
    assert panel.send(answer, {"name": "Contract"}).status_code == 303
    row = only()
    assert (row.name, row.file_name, row.file) == ("Contract", "contract.pdf", *folder())


@ONE_DATABASE
def test_another_file_can_be_chosen_in_its_place(panel: Panel) -> None:
    answer = hand_in(panel, new(company()), PDF, "contract.pdf", name="x" * 300)
    panel.send(answer, {"name": "", "file": (BytesIO(PNG), "photo.png")})
    assert (only().name, only().file_name) == ("photo.png",) * 2


@ONE_DATABASE
def test_a_token_is_of_use_to_nobody_else_and_cannot_be_made_up(app: Flask, panel: Panel) -> None:
    customer = company()
    page = hand_in(panel, new(customer), PDF, "contract.pdf", name="x" * 300)
    token = Forms(page.text).first("file-kept")
    [digest] = folder()
    for who, sent in ((Panel(app), token), (panel, f"{token}x"), (panel, digest), (panel, "null"), (panel, "ImEi.x.y")):
        answer = who.fill(new(customer), {"file-kept": sent})
        assert answer.status_code == 422
        assert "is not there any more. Choose the file again." in answer.text
    assert panel.fill(new(customer), {"file": digest}).status_code == 422
    assert stored(Attachment) == []


@ONE_DATABASE
def test_a_file_is_replaced_or_left_alone_but_not_left_out(panel: Panel) -> None:
    row = attached(company())
    edit = f"/attachment/edit/?id={row.id}"
    assert panel.fill(edit, {"text": "Signed.", "file-none": "1"}).status_code == 303
    assert (only().file_name, only().text) == ("contract.pdf", "Signed.")
    assert hand_in(panel, edit, PNG, "photo.png").status_code == 303
    assert panel.get(address(only())).data == PNG
    assert "file" in panel.get(f"/customer/history/?id={row.customer_id}").text


@ONE_DATABASE
def test_two_who_replace_a_file_are_told(app: Flask, panel: Panel) -> None:
    row = attached(company())
    edit = f"/attachment/edit/?id={row.id}"
    page = panel.get(edit)
    hand_in(Panel(app), edit, PNG, "photo.png")
    answer = panel.send(page, {"file": (BytesIO(PDF + b"%mine\n"), "mine.pdf")})
    assert answer.status_code == 422
    assert "photo.png" in answer.text
    assert panel.send(answer).status_code == 303
    assert only().file_name == "mine.pdf"


def test_files_of_what_one_does_not_see_are_not_there(app: Flask, panel: Panel) -> None:
    row = attached(company())
    stranger = Panel(app, add_user(SELLING))
    assert stranger.get(address(row)).status_code == 404
    assert stranger.post(new(company("Other")), {"file": (BytesIO(PDF), "a.pdf")}).status_code == 404
    assert len(folder()) == 1
    assert Panel(app, VIEWER).get(address(row)).data == PDF
    for query in ("id=0", "id=x", "id=../1", f"id={row.id}&field=name", f"id={row.id}&field=file_name", "field=file"):
        assert panel.get(f"/attachment/file/?{query}").status_code == 404
    assert panel.get(f"/customer/file/?id={row.customer_id}&field=name").status_code == 404


@ONE_DATABASE
def test_a_file_whose_content_is_gone_says_so_and_the_log_too(panel: Panel, caplog: pytest.LogCaptureFixture) -> None:
    row = attached(company())
    store().remove(row.file)
    with caplog.at_level(logging.ERROR):
        answer = panel.get(address(row))
    assert answer.status_code == 404
    assert "This file is missing" in answer.text
    assert [each.getMessage() for each in caplog.records] == ["what a file held is missing"]
    assert panel.fill(f"/attachment/edit/?id={row.id}", {"text": "Where is it?"}).status_code == 303


def test_everything_about_a_person_has_their_files(panel: Panel) -> None:
    row = attached(company(), name="Vertrag №1.pdf")
    answer = panel.get(f"/customer/person/?id={row.customer_id}")
    path = f"files/attachment-{row.id}-Vertrag №1.pdf"
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.read(path) == PDF
        told = json.loads(archive.read("everything.json"))["record"]["below"]["attachments"]
    assert [each["files"] for each in told] == [[path]]


def test_whoever_is_forgotten_leaves_no_file(panel: Panel) -> None:
    customer = company()
    hand_in(panel, new(customer), PDF, "contract.pdf")
    page = f"/customer/anonymise/?id={customer.id}"
    assert "1 file is deleted." in panel.get(page).text
    panel.fill(page, {"typed": customer.name})
    assert (stored(Attachment), folder()) == ([], set())


@ONE_DATABASE
def test_two_commands_look_after_the_folder(app: Flask) -> None:
    row = attached(company())
    assert done(app, "sweep-files") == "0 files were removed, 0 bytes.\n"
    assert done(app, "check-files") == "Every file is there, and what it was.\n"
    store().path(row.file).write_bytes(b"x")
    result = run(app, "check-files")
    assert result.exit_code == 1
    assert f"File {row.id} (contract.pdf): the file is not what it was." in result.output


@ONE_DATABASE
def test_a_folder_that_takes_nothing_is_told_of_and_the_form_stays(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, app: Flask
) -> None:
    app.config["FILES_FOLDER"].parent.joinpath("file").write_text("no folder")
    monkeypatch.setitem(app.config, "FILES_FOLDER", app.config["FILES_FOLDER"].parent / "file")
    answer = hand_in(panel, new(company()), PDF, "contract.pdf")
    assert answer.status_code == 422
    assert "The file cannot be stored now." in answer.text


@ONE_DATABASE
def test_a_form_sent_twice_makes_one_file_and_with_another_file_says_so(panel: Panel) -> None:
    page = panel.get(new(company()))
    for _ in range(2):
        assert panel.send(page, {"file": (BytesIO(PDF), "contract.pdf")}).status_code == 303
    assert only().file_name == "contract.pdf"
    answer = panel.send(page, {"file": (BytesIO(PNG), "photo.png")})
    assert "was made from this form before" in answer.text
    assert panel.send(answer).status_code == 303
    assert [row.name for row in stored(Attachment)] == ["contract.pdf", "photo.png"]
