use super::*;

const FORM: TextForm =
    TextForm { encoding: TextEncoding::Utf8, separator: Separator::Semicolon, final_newline: FinalNewline::Required };

/// Every row as its line and its cells; taken in in pieces of a size, on which nothing may hang.
fn read_in_pieces(bytes: &[u8], form: TextForm, size: usize) -> Result<Vec<(u64, Vec<String>)>, FileProblem> {
    let mut read = Vec::new();
    let mut rows = Rows::new("elever.csv".into(), form);
    let mut take = |row: Row<'_>| {
        let cells = (0..row.len()).map(|place| row.cell(place).unwrap_or_default().to_owned());
        read.push((row.line, cells.collect()));
        Ok(())
    };
    for piece in bytes.chunks(size) {
        rows.feed(piece, &mut take)?;
    }
    rows.finish(&mut take)?;
    Ok(read)
}

fn read(bytes: &[u8], form: TextForm) -> Result<Vec<(u64, Vec<String>)>, FileProblem> {
    let whole = read_in_pieces(bytes, form, bytes.len().max(1));
    assert_eq!(read_in_pieces(bytes, form, 1), whole, "where a file is cut decides what is read");
    whole
}

fn cells(bytes: &[u8], form: TextForm) -> Vec<Vec<String>> {
    read(bytes, form).unwrap().into_iter().map(|(_, cells)| cells).collect()
}

#[test]
fn the_encodings_of_swedish_registers_are_read() {
    let latin = TextForm { encoding: TextEncoding::Iso8859_1, ..FORM };
    let windows = TextForm { encoding: TextEncoding::Windows1252, ..FORM };

    let read = [
        cells("Åsa;Öberg\n".as_bytes(), FORM),
        cells("\u{feff}Åsa;Öberg\r\n".as_bytes(), FORM),
        cells(b"\xC5sa;\xD6berg\r\n", latin),
        cells(b"\xC5sa;\xD6berg\r\n", windows),
    ];

    assert!(read.iter().all(|it| it == &[["Åsa", "Öberg"]]), "{read:?}");
}

#[test]
fn bytes_of_another_encoding_are_refused() {
    let latin = TextForm { encoding: TextEncoding::Iso8859_1, ..FORM };
    let wrong = [
        read(b"Anna;Alm\n\xC5sa;\xD6berg\n", FORM),
        read(b"\xFF\xFEA\0;\0", FORM),
        read("Anna;Alm\nÅsa;Öberg\n".as_bytes(), latin),
        read("\u{feff}Anna;Alm\n".as_bytes(), latin),
    ];

    assert!(wrong.iter().all(|it| it.as_ref().is_err_and(|it| it.code == "file_drop.encoding")), "{wrong:?}");
}

#[test]
fn each_separator_is_read_and_quoted_cells_may_hold_it() {
    let by = |separator, text: &[u8]| cells(text, TextForm { separator, ..FORM });

    let read = [
        by(Separator::Comma, b"a,\"b,c\",\"d\"\"e\"\n"),
        by(Separator::Semicolon, b"a;\"b,c\";\"d\"\"e\"\n"),
        by(Separator::Tab, b"a\t\"b,c\"\t\"d\"\"e\"\n"),
    ];

    assert!(read.iter().all(|it| it == &[["a", "b,c", "d\"e"]]), "{read:?}");
}

#[test]
fn rows_are_told_by_the_line_they_begin_on() {
    let read = read(b"a;b\r\n\r\nc;\"d\r\ne\"\r\nf;g\r\n", FORM).unwrap();

    assert_eq!(read.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 3, 5]);
}

#[test]
fn a_file_that_ceases_within_a_line_is_refused_unless_its_sender_writes_no_last_one() {
    let optional = TextForm { final_newline: FinalNewline::Optional, ..FORM };

    assert_eq!(read(b"a;b\nc;d", FORM).unwrap_err().code, "file_drop.truncated");
    assert_eq!(cells(b"a;b\nc;d", optional), [["a", "b"], ["c", "d"]]);
}

#[test]
fn ten_megabytes_in_one_cell_are_refused_and_never_held() {
    let mut bytes = b"a;b\nc;\"".to_vec();
    bytes.resize(10_000_000, b'x');

    let refused = read_in_pieces(&bytes, FORM, 128 * 1024).unwrap_err();

    assert_eq!(
        (refused.code, refused.detail.as_str()),
        ("file_drop.field_too_large", "elever.csv, line 2, column 2: a cell is larger than allowed")
    );
}

#[test]
fn more_cells_than_any_register_has_are_refused() {
    let refused = read(&[b";".repeat(5_000), b"\n".to_vec()].concat(), FORM).unwrap_err();

    assert_eq!(refused.code, "file_drop.field_too_large");
}

#[test]
fn nothing_at_all_has_no_rows() {
    assert_eq!(read(b"", FORM).unwrap(), []);
    assert_eq!(read(b"\r\n\r\n", FORM).unwrap(), []);
}
