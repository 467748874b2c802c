//! Taking in what was chosen, file by file, as it arrives.

use jiff::civil::Date;
use roster::RecordKey;
use sha2::{Digest, Sha256};

use super::assembly::Assembly;
use super::chain::Chain;
use super::choice::{self, NotNow, Wanted, choose, generation};
use super::config::FileDropConfig;
use super::elements::Elements;
use super::entry::{self, Reading, is_record};
use super::place::{DropPlace, DroppedFile, PlaceError, PlaceErrorKind};
use super::problem::{FileProblem, shown};
use super::records::Contents;
use super::rows::Rows;
use super::said::Said;
use super::separated::Separated;
use super::sequence;
use super::table::{Entity, TableConfig};
use super::unikum::{self, Register, UnikumConfig};
use crate::SourceError;
use crate::ims_enterprise::{self, Rules};
use crate::oneroster::csv::{Bounds, Bundle};
use crate::oneroster::{self, Conventions};

/// How files are chosen and understood.
#[derive(Debug)]
pub(super) enum Form {
    /// The newest file for each table.
    Tables(Vec<TableConfig>),
    /// The same of XML.
    Elements(Vec<TableConfig>),
    /// Pairs that follow each other.
    Unikum(UnikumConfig),
    /// The newest document with everything, and those with what changed after it.
    ImsEnterprise(sequence::Names, Rules),
    /// The same of zips.
    OneRoster(sequence::Names, Conventions),
}

/// The files that are read now.
#[derive(Debug)]
pub(super) enum Delivery {
    /// Each with the number of its table.
    Tables(Vec<(usize, DroppedFile)>),
    /// In their order.
    Chain(Chain),
}

/// What was taken in.
#[derive(Debug)]
pub(super) struct Taken {
    /// Of a chain of which some deliveries were known, what differs from those.
    pub(super) said: Said,
    pub(super) removed: Vec<RecordKey>,
    /// A fingerprint of everything in the files.
    pub(super) digest: String,
}

/// Takes in the pieces of a file.
type Sink<'s> = &'s mut (dyn FnMut(&[u8]) -> Result<(), FileProblem> + Send);

impl Form {
    pub(super) fn choose(
        &self,
        files: &[DroppedFile],
        rules: &choice::Rules,
        now: jiff::Timestamp,
    ) -> Result<Delivery, NotNow> {
        let wanted: Vec<Wanted> = match self {
            Self::Unikum(config) => return unikum::choose(files, config, rules, now).map(Delivery::Chain),
            Self::ImsEnterprise(names, _) | Self::OneRoster(names, _) => {
                return sequence::choose(files, names, rules, now).map(Delivery::Chain);
            }
            Self::Tables(tables) | Self::Elements(tables) => tables.iter().map(wanted).collect(),
        };
        let chosen = choose(files, &wanted, rules, now)?.into_iter().enumerate();
        Ok(Delivery::Tables(chosen.filter_map(|(table, file)| Some((table, file?))).collect()))
    }
}

impl Delivery {
    pub(super) fn files(&self) -> Vec<&DroppedFile> {
        match self {
            Self::Tables(files) => files.iter().map(|(_, file)| file).collect(),
            Self::Chain(chain) => chain.files().collect(),
        }
    }

    /// What is the same as long as the files are, and are understood alike.
    pub(super) fn generation(&self, understanding: &str) -> String {
        generation(self.files().into_iter(), understanding)
    }
}

/// An intake of nothing yet.
pub(super) struct Intake<'r> {
    place: &'r dyn DropPlace,
    config: &'r FileDropConfig,
    form: &'r Form,
    today: Date,
    digest: Sha256,
}

impl<'r> Intake<'r> {
    /// `today` is the date in Sweden when the read began.
    pub(super) fn new(place: &'r dyn DropPlace, config: &'r FileDropConfig, form: &'r Form, today: Date) -> Self {
        Self { place, config, form, today, digest: Sha256::new() }
    }

    /// Takes in everything. Of a chain of which `known` deliveries have been read, what differs from those.
    pub(super) async fn take(mut self, delivery: &Delivery, known: Option<usize>) -> Result<Taken, SourceError> {
        let all = |contents| (Said::Records(contents), Vec::new());
        let (said, removed) = match (self.form, delivery) {
            (Form::Tables(tables), Delivery::Tables(files)) => all(self.tables(tables, files).await?),
            (Form::Elements(tables), Delivery::Tables(files)) => all(self.elements(tables, files).await?),
            (Form::ImsEnterprise(_, rules), Delivery::Chain(chain)) => self.documents(rules, chain, known).await?,
            (Form::OneRoster(_, conventions), Delivery::Chain(chain)) => self.zips(conventions, chain, known).await?,
            (Form::Unikum(config), Delivery::Chain(chain)) => self.pairs(config, chain, known).await?,
            _ => return Err(SourceError::contract("file_drop.nothing_there", "nothing was chosen")),
        };
        self.unchanged(&delivery.files()).await?;
        self.digest.update(delivery.generation(""));
        Ok(Taken { said, removed, digest: roster::fingerprint(&self.digest.finalize()) })
    }

    async fn tables(
        &mut self,
        tables: &[TableConfig],
        files: &[(usize, DroppedFile)],
    ) -> Result<Contents, SourceError> {
        let dates = self.config.all_dates();
        let mut assembly = Assembly::default();
        for (number, file) in files {
            let Some(table) = tables.get(*number) else { continue };
            told(table, &mut assembly);
            let reading = self.reading(&dates);
            let mut rows = Separated::new(table, &file.name, self.config.text(), reading);
            self.stream(file, &mut |bytes| rows.feed(bytes, &mut assembly)).await?;
            rows.finish(&mut assembly)?;
        }
        Ok(assembly.finish(self.today))
    }

    fn reading<'d>(&self, dates: &'d [String]) -> Reading<'d> {
        // The settings have been checked.
        Reading { today: self.today, dates, persons: self.config.persons().unwrap_or("file-drop/person") }
    }

    async fn elements(
        &mut self,
        tables: &[TableConfig],
        files: &[(usize, DroppedFile)],
    ) -> Result<Contents, SourceError> {
        let dates = self.config.all_dates();
        let mut assembly = Assembly::default();
        for (number, file) in files {
            let Some(table) = tables.get(*number) else { continue };
            told(table, &mut assembly);
            let mut rows = Elements::new(table, &file.name, self.config.most_bytes(), self.reading(&dates))?;
            self.stream(file, &mut |bytes| rows.feed(bytes, &mut assembly)).await?;
            rows.finish(&mut assembly)?;
        }
        Ok(assembly.finish(self.today))
    }

    async fn documents(
        &mut self,
        rules: &Rules,
        chain: &Chain,
        known: Option<usize>,
    ) -> Result<(Said, Vec<RecordKey>), SourceError> {
        let mut intake = ims_enterprise::Intake::new(rules.clone(), self.today);
        let mut before = None;
        for (number, file) in chain.files().enumerate() {
            if known == Some(number) {
                let (known, same) = intake.known();
                (before, intake) = (Some(known), same);
            }
            let most_bytes = self.config.most_bytes();
            let mut document =
                if number == 0 { intake.open(most_bytes, None) } else { intake.open_changes(most_bytes) };
            let refused = |refusal: ims_enterprise::Refusal| FileProblem::new(refusal.code(), refusal.to_string());
            self.stream(file, &mut |bytes| document.feed(bytes).map_err(refused)).await?;
            intake = document.close()?;
        }
        let mut snapshot = intake.finish();
        let removed = before.map(|known| snapshot.since(&known)).unwrap_or_default();
        Ok((Said::Document(Box::new(snapshot)), removed))
    }

    async fn zips(
        &mut self,
        conventions: &Conventions,
        chain: &Chain,
        known: Option<usize>,
    ) -> Result<(Said, Vec<RecordKey>), SourceError> {
        let mut bundle: Option<Bundle> = None;
        let mut before = None;
        for (number, file) in chain.files().enumerate() {
            if known == Some(number) {
                before = Some(self.contents(bundle.as_ref(), conventions)?);
            }
            let zip = self.zip(file, conventions).await?;
            bundle = Some(match bundle {
                None => zip,
                Some(mut earlier) => {
                    earlier.apply(zip).map_err(refused)?;
                    earlier
                }
            });
        }
        Ok(told_of(before, self.contents(bundle.as_ref(), conventions)?))
    }

    /// A zip can only be read when all of it is there: it is held while it is read, and unpacked within bounds.
    async fn zip(&mut self, file: &DroppedFile, conventions: &Conventions) -> Result<Bundle, SourceError> {
        let mut bytes = Vec::new();
        self.stream(file, &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })
        .await?;
        let zip = std::io::Cursor::new(bytes);
        Ok(Bundle::read(zip, Bounds::default(), conventions, self.today).map_err(refused)?)
    }

    fn contents(&self, bundle: Option<&Bundle>, conventions: &Conventions) -> Result<Contents, FileProblem> {
        let contents = bundle.map(|it| it.records(conventions, self.today)).transpose().map_err(refused)?;
        let oneroster::csv::Contents { records, unreadable, complete } = contents.unwrap_or_default();
        if records.is_empty() {
            return Err(FileProblem::new("file_drop.header_only", "the zip's files have headers and nothing else"));
        }
        Ok(Contents { records, unreadable, complete })
    }

    async fn pairs(
        &mut self,
        config: &UnikumConfig,
        chain: &Chain,
        known: Option<usize>,
    ) -> Result<(Said, Vec<RecordKey>), SourceError> {
        let mut register = Register::new(self.today);
        let mut before = None;
        for (number, pair) in chain.links.iter().enumerate() {
            if known == Some(number) {
                before = Some(register.assembly().finish(self.today));
            }
            for (file, is_relation) in pair.files.iter().zip([false, true]) {
                let (name, unreadable) = (shown(&file.name), register.unreadable());
                let mut rows = Rows::new(name.clone(), self.config.text());
                self.stream(file, &mut |bytes| {
                    rows.feed(bytes, &mut |row| register.take(row, is_relation, config, &name))
                })
                .await?;
                let read = rows.finish(&mut |row| register.take(row, is_relation, config, &name))?;
                // On a day on which nothing changed there are no changes.
                if read == 0 && number == 0 {
                    return Err(FileProblem::new("file_drop.file_empty", format!("{name} is empty")).into());
                }
                if read > 0 && register.unreadable() - unreadable == read {
                    let detail = format!("{name}: no row has the form that was agreed");
                    return Err(FileProblem::new("file_drop.rows_unreadable", detail).into());
                }
            }
        }
        Ok(told_of(before, register.assembly().finish(self.today)))
    }

    /// Hands on a file's bytes as they come.
    async fn stream(&mut self, file: &DroppedFile, sink: Sink<'_>) -> Result<(), SourceError> {
        if file.size > self.config.most_bytes() {
            let detail = format!("{} is larger than {} MB", shown(&file.name), self.config.max_file_mb);
            return Err(FileProblem::new("file_drop.file_too_large", detail).into());
        }
        let changed = || PlaceError::new(PlaceErrorKind::Changed, "a file changed while it was read");
        let mut reader = self.place.open(file).await?;
        let mut read: u64 = 0;
        while let Some(bytes) = reader.next().await? {
            read = read.saturating_add(bytes.len() as u64);
            if read > file.size {
                return Err(changed().into());
            }
            self.digest.update(&bytes);
            sink(&bytes)?;
        }
        if read == file.size { Ok(()) } else { Err(changed().into()) }
    }

    /// The files that were read are still those that were listed.
    async fn unchanged(&self, files: &[&DroppedFile]) -> Result<(), SourceError> {
        let now = self.place.list().await?;
        if files.iter().all(|file| now.contains(file)) {
            return Ok(());
        }
        Err(PlaceError::new(PlaceErrorKind::Changed, "a file changed while it was read").into())
    }
}

/// Everything, or what differs from what was known before.
fn told_of(before: Option<Contents>, now: Contents) -> (Said, Vec<RecordKey>) {
    let (contents, removed) = match before {
        Some(before) => now.since(before),
        None => (now, Vec::new()),
    };
    (Said::Records(contents), removed)
}

fn refused(problem: oneroster::csv::CsvProblem) -> FileProblem {
    FileProblem::new(problem.code, problem.detail)
}

fn wanted(table: &TableConfig) -> Wanted {
    Wanted {
        pattern: table.file.clone(),
        required: table.required,
        together: table.together.clone(),
        any_age: table.any_age,
    }
}

/// The kinds that a table speaks of are known from now on.
pub(super) fn told(table: &TableConfig, assembly: &mut Assembly) {
    let records = table.maps().map(|(entity, _)| entity).filter(|entity| is_record(*entity));
    assembly.told.extend(records.map(entry::kind));
    assembly.terms_told |= table.tells(Entity::Term);
}
