//! A municipality whose schools have a register each, of every kind that there is, and one receiver for all of them.
//!
//! Six schools: in an SS 12000 register, at a OneRoster provider, in an IMS Enterprise register, in a directory at
//! Microsoft, in a register that writes files, and at Skolon. A directory of accounts adds to the people in the files,
//! and an operator adds a group across two schools. What the receiver should hold is worked out from the schools' own
//! truth; what a register cannot say is told in [`known`].

mod known;
mod line;
mod tenant;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use outbound::Transport;
use roster::Id;
use uuid::Uuid;
use world::skolon::{SkolonChange, SkolonPlatform};
use world::truth::{Change, Marking, Municipality, PersonStatus, Words};
use world::{
    Edition, Expected, ExpectedOptions, ExportForm, Exporter, Feed, GraphEducationOptions, GraphEducationServer,
    ImsEnterpriseOptions, ImsEnterpriseServer, Moods, OneRosterOptions, OneRosterServer, ReceiverOptions, Time, World,
    WorldOptions,
};

use super::connect::DemoSecrets;
use super::outside::{Outside, requests};
use crate::machine::TemporaryFolder;

/// The one tenant, and its receiver.
const TENANT: &str = "demoskolan";
const RECEIVER: &str = "gleerups";

/// What the operator's own group is known by.
const OWN_GROUP: &str = "5d0b7c1e-41c6-4b0e-8c5c-0f3f3c1a7e21";

/// The outside. The folder of dropped files is removed with it.
pub(super) struct AllSources {
    world: Arc<World>,
    oneroster: OneRosterServer,
    ims: ImsEnterpriseServer,
    graph: GraphEducationServer,
    exporter: Exporter,
    folder: TemporaryFolder,
    /// Pupils of two schools in the operator's own group.
    council: Vec<Uuid>,
}

impl AllSources {
    pub(super) fn new(seed: u64, pupils: usize, moods: Moods) -> io::Result<Self> {
        let today = Time::real().today();
        let mut schools = Municipality::by_school(seed, 6, pupils, today).into_iter();
        let mut school = || schools.next().ok_or_else(|| io::Error::other("there are too few schools"));
        let world = world(seed, moods.clone());
        let own = school()?;
        let mut said = |words: Words| {
            school().map(|mut it| {
                it.put_into(words);
                it
            })
        };
        let at_oneroster = said(known::ONEROSTER)?;
        let at_ims = said(known::IMS_ENTERPRISE)?;
        let at_graph = said(known::GRAPH_EDUCATION)?;
        let in_files = said(known::FILES)?;
        let at_skolon = school()?;
        let council = [&own, &at_oneroster].into_iter().filter_map(a_pupil).collect();
        world.register().alter_truth(|truth| *truth = own);
        let options = ImsEnterpriseOptions::default();
        let ims = ImsEnterpriseServer::new(at_ims, options, moods.clone(), Time::real(), seed);
        let graph = GraphEducationServer::new(at_graph, GraphEducationOptions::default(), moods.clone(), seed);
        let exporter = Exporter::new(in_files, ExportForm::Own, Time::real());
        exporter.set_habits(|habits| habits.latin = false);
        // By another lot than the municipality's: the same one would draw the same identities.
        world
            .skolon()
            .alter_platform(|platform| *platform = SkolonPlatform::from_municipality(&at_skolon, seed ^ 0x5c01));
        let oneroster = OneRosterServer::in_process(at_oneroster, OneRosterOptions::new(Edition::Second, Time::real()));
        oneroster.moods().set(moods);
        let folder = TemporaryFolder::new().map_err(io::Error::other)?;
        let outside = Self { world: Arc::new(world), oneroster, ims, graph, exporter, folder, council };
        outside.exporter.deliver();
        outside.drop_files()?;
        Ok(outside)
    }

    fn register_files(&self) -> PathBuf {
        self.folder.path().join("register")
    }

    fn directory_files(&self) -> PathBuf {
        self.folder.path().join("directory")
    }

    /// What the register has written, and a directory's list of names to sign in with.
    fn drop_files(&self) -> io::Result<()> {
        for folder in [self.register_files(), self.directory_files()] {
            std::fs::create_dir_all(folder)?;
        }
        for (name, file) in self.exporter.files() {
            put(self.register_files().join(name), &file.bytes)?;
        }
        let mut list = String::from("key;email;eppn;upn;key_type;status;valid_from;valid_to\n");
        self.exporter.with_truth(|truth| {
            for person in truth.persons.values() {
                if let Some(name) = person.principal_names.first() {
                    list.push_str(&format!("{};;{name};{name};source-id;active;;\n", person.id));
                }
            }
        });
        put(self.directory_files().join("ad.csv"), list.as_bytes())
    }

    /// What the receiver should hold, by everybody's own truth.
    fn expected(&self) -> Expected {
        let options = ExpectedOptions { today: Time::real().today(), ..ExpectedOptions::default() };
        let of = |truth: &Municipality| Expected::from_register(truth, &options);
        let codes = self.ims.with_truth(unit_codes);
        let by_code = |unit: Uuid| codes.get(&unit).map_or(unit, |code| ims_unit(code));
        let schools = [
            self.world.register().with_truth(of),
            self.oneroster.with_truth(of).with_teachers_in_groups(),
            self.ims.with_truth(of).with_teachers_in_groups().called(by_code),
            self.graph.with_truth(of).with_teachers_in_groups().called(GraphEducationServer::object_of),
            self.exporter.with_truth(of).with_teachers_in_groups(),
        ];
        let at_skolon = self.world.skolon().with_platform(|it| Expected::from_skolon(it, &options));
        schools.into_iter().fold(at_skolon, Expected::and)
    }
}

/// The codes of school units.
fn unit_codes(truth: &Municipality) -> BTreeMap<Uuid, String> {
    truth.organisations.values().filter_map(|it| Some((it.id, it.school_unit_code.clone()?))).collect()
}

/// The identity of a school unit in a register that has codes only.
fn ims_unit(code: &str) -> Uuid {
    Id::derived(&["ims-enterprise/school-unit", code]).uuid()
}

/// Written beside and renamed, as the connector's page asks of a sender.
fn put(path: PathBuf, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("tmp");
    std::fs::write(&beside, bytes)?;
    std::fs::rename(beside, path)
}

fn world(seed: u64, moods: Moods) -> World {
    let receiver = ReceiverOptions { accounts_to_adopt: 0, ..ReceiverOptions::new(RECEIVER, Feed::Register) };
    World::in_process(WorldOptions { seed, pupils: 40, moods, receivers: vec![receiver], ..WorldOptions::default() })
}

/// Somebody in a class today.
fn a_pupil(truth: &Municipality) -> Option<Uuid> {
    Some(a_class(truth)?.1)
}

/// Whether somebody is in the receiver for certain.
fn is_shown(truth: &Municipality, person: Uuid) -> bool {
    let known = truth.persons.get(&person);
    known.is_some_and(|it| it.marking == Marking::None && it.status == PersonStatus::Active)
}

/// A class and somebody in it, today.
fn a_class(truth: &Municipality) -> Option<(Uuid, Uuid)> {
    let classes = truth.groups.values().filter(|it| it.kind == "Klass" && it.period.covers(truth.today));
    classes
        .filter_map(|it| {
            let mut members = it.memberships.iter().filter(|member| member.period.covers(truth.today));
            Some((it.id, members.find(|member| is_shown(truth, member.person))?.person))
        })
        .next()
}

/// Another name for somebody, and a way out of the class for somebody else.
fn a_day(truth: &mut Municipality) -> usize {
    let Some((class, person)) = a_class(truth) else { return 0 };
    truth.apply(&Change::PersonRenamed { person });
    truth.apply(&Change::GroupRenamed { group: class });
    2
}

#[async_trait]
impl Outside for AllSources {
    fn secrets(&self) -> DemoSecrets {
        DemoSecrets::of(&self.world)
            .with("ONEROSTER_SECRET", &self.oneroster.credentials().client_secret)
            .with("IMS_KEY", ImsEnterpriseServer::licence_key())
            .with("GRAPH_SECRET", &self.graph.credentials().client_secret)
    }

    fn transport(&self) -> Option<Arc<dyn Transport>> {
        Some(Arc::new(line::Line {
            world: Arc::clone(&self.world),
            oneroster: self.oneroster.clone(),
            ims: self.ims.clone(),
            graph: self.graph.clone(),
        }))
    }

    fn tenants(&self, hub: &str) -> Vec<(String, String)> {
        vec![(TENANT.to_owned(), self.file(hub))]
    }

    fn connect(&self, _: &str) {}

    async fn play_day(&self) -> usize {
        let mut changes = self.world.register().alter_truth(a_day);
        changes += self.oneroster.alter_truth(a_day);
        changes += self.ims.alter_and_tell(a_day);
        let at_graph = self.graph.with_truth(a_class);
        if let Some((group, person)) = at_graph {
            self.graph.apply(&[Change::PersonRenamed { person }, Change::GroupRenamed { group }]);
            changes += 2;
        }
        changes += self.exporter.alter_and_deliver(a_day);
        let user = self.world.skolon().with_platform(|it| it.users.keys().next().copied());
        if let Some(user) = user {
            self.world.skolon().apply(&[SkolonChange::UserChanged { user }]).await;
            changes += 1;
        }
        match self.drop_files() {
            Ok(()) => changes,
            Err(_) => 0,
        }
    }

    fn differences(&self) -> Vec<String> {
        let Some(receiver) = self.world.receiver(RECEIVER) else { return vec!["there is no receiver".to_owned()] };
        let found = self.expected().differences(&receiver.state());
        let mut all: Vec<String> = found.into_iter().filter(|it| !self.is_known(it)).collect();
        all.extend(self.own_group_differs(&receiver.state()));
        all
    }

    fn contract_violations(&self) -> Vec<String> {
        let named = |name: &str, found: Vec<String>| -> Vec<String> {
            found.into_iter().map(|why| format!("{name}: {why}")).collect()
        };
        let mut all = self.world.contract_violations();
        all.extend(named("oneroster", self.oneroster.contract_violations()));
        all.extend(named("ims-enterprise", self.ims.contract_violations()));
        all.extend(named("graph-education", self.graph.contract_violations()));
        all
    }

    fn mistakes(&self) -> Vec<String> {
        self.world.mistakes()
    }

    fn target_requests(&self) -> u64 {
        requests(&self.world)
    }
}
