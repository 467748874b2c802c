//! What files are called, and how they are text.

use super::*;

#[test]
fn a_pair_of_a_small_school_is_taken_without_a_word() {
    let relations = row(&["add", "student_in_class", &number(0), "4A"]);

    assert_eq!(complaints(&small_school(), &relations), [""; 0]);
}

#[test]
fn names_of_another_form_are_complained_of_and_not_taken() {
    let form = "not of the form municipality_YYYYMMDD_HHMM";
    let unreal = "a date or a time that does not exist";
    for (stem, fault) in [
        ("", form),
        ("Norrbyholm", form),
        ("Norrbyholm_20261014", form),
        ("Norrbyholm_20261014_2200_total", form),
        ("Norrbyholm_20261014-2200", form),
        ("Norrbyholm_2026101_42200", form),
        ("Norrbyholm_20261014_220000", form),
        ("Norrbyholm_2026-10-14_22", form),
        ("Norrbyholm_20260230_2200", unreal),
        ("Norrbyholm_20261314_2200", unreal),
        ("Norrbyholm_20261014_2400", unreal),
        ("Norrbyholm_20261014_2260", unreal),
        ("Söderbyholm_20261014_2200", "of another municipality"),
        ("_20261014_2200", "of another municipality"),
    ] {
        let mut import = import();

        import.take(stem, small_school().as_bytes(), b"");

        assert_eq!(import.complaints(), [format!("{stem}: {fault}")]);
        assert!(import.state().persons.is_empty(), "{stem} was taken");
    }
}

#[test]
fn a_municipality_may_have_letters_of_its_own() {
    let options = UnikumOptions { municipality: "Östra_Ån".to_owned(), ..UnikumOptions::default() };
    let mut import = UnikumImport::new(options);

    import.take("Östra_Ån_20261014_2200", small_school().as_bytes(), b"");

    assert_eq!(import.complaints(), [""; 0]);
}

#[test]
fn a_pair_that_is_not_later_than_the_last_is_complained_of_and_taken() {
    for stem in [STEM, "Norrbyholm_20261014_2159", "Norrbyholm_20261013_2300"] {
        let mut import = import();
        import.take(STEM, small_school().as_bytes(), b"");

        import.take(stem, b"", row(&["add", "staff_in_school", &number(0), "S1"]).as_bytes());

        assert_eq!(import.complaints(), [format!("{stem}: not later than the pair before it")]);
        assert_eq!(import.state().relations.len(), 1);
    }
}

#[test]
fn an_old_pair_does_not_make_the_next_one_late_or_early() {
    let mut import = import();
    import.take(STEM, small_school().as_bytes(), b"");
    import.take("Norrbyholm_20261013_2300", user(&number(2)).as_bytes(), b"");

    import.take("Norrbyholm_20261014_0000", user(&number(3)).as_bytes(), b"");

    assert_eq!(import.complaints().len(), 2);
}

#[test]
fn text_of_another_kind_is_complained_of() {
    let school = small_school();
    let of = |fault: &str| vec![format!("{STEM}.principals{fault}")];
    let marked = format!("\u{feff}{school}");
    let windows = user(&number(0)).replace('\n', "\r\n");
    let cut = format!("{school}{}", user(&number(2)).trim_end());
    let empty = format!("{}\n{}", user(&number(0)), user(&number(1)));
    let inside = user(&number(0)).replace("Tuva", "Tu\rva");
    let spaced = user(&number(0)).replace("Tuva", "Tuva ");
    let control = user(&number(0)).replace("Tuva", "Tu\u{7}va");
    for (text, fault) in [
        (&marked, ": begins with a byte order mark"),
        (&windows, " row 1: holds a carriage return"),
        (&inside, " row 1: holds a carriage return"),
        (&cut, " row 6: no newline at its end, the file is cut short"),
        (&empty, " row 2: empty"),
        (&spaced, " row 1, column 1: begins or ends with white space"),
        (&control, " row 1, column 1: holds a control character"),
    ] {
        assert_eq!(complaints(text, ""), of(fault));
    }
}

#[test]
fn a_row_that_is_cut_short_is_not_taken() {
    let mut import = import();

    import.take(STEM, user(&number(0)).trim_end().as_bytes(), b"");

    assert!(import.state().persons.is_empty());
}

#[test]
fn a_file_that_is_not_utf_8_is_not_read_and_the_other_is() {
    let mut import = import();

    import.take(STEM, small_school().as_bytes(), b"add\tstudent_in_class\t\xe5\t4A\n");

    assert_eq!(import.complaints(), [format!("{STEM}.relations: not UTF-8")]);
    assert_eq!(import.state().persons.len(), 2);
}

#[test]
fn a_pair_with_nothing_in_it_is_complained_of() {
    assert_eq!(complaints("", ""), [format!("{STEM}: nothing in either file")]);
}

#[test]
fn a_pair_with_something_in_one_file_is_none_with_nothing_in_it() {
    assert_eq!(complaints(&user(&number(0)), ""), [""; 0]);
}

#[test]
fn a_thousand_complaints_are_kept_and_no_more() {
    let found = complaints(&"\n".repeat(5_000), "");

    assert_eq!(found.len(), 1_001);
    assert_eq!(found[1_000], "further complaints are not kept");
}
