//! The tenants of a run: each with a world of its own, and a file that joins the hub to it.

use outbound::{FixedSecrets, SecretRef};
use world::{
    Feed, ReceiverOptions, RegisterOptions, Ringer, Size, SkolonOptions, SkolonWebhooks, Time, World, WorldOptions,
};

use crate::dice::Dice;
use crate::mutation::Mutation;

/// Their names: no word of one is part of the other, so that whatever belongs to one is told from what belongs to the
/// other by searching for it.
pub(crate) const NAMES: [&str; 2] = ["norrsund", "vikbolandet"];

/// The guard's thresholds in the tenants' files: low, since hamlets are small.
pub(crate) const REMOVED_COUNT: u64 = 3;
/// As above, in percent.
pub(crate) const REMOVED_PERCENT: u64 = 20;

/// Which source a tenant has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An SS 12000 register.
    Register,
    /// Skolon.
    Skolon,
}

impl Kind {
    /// The source's name in the tenant's file.
    pub(crate) const fn source(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Skolon => "skolon",
        }
    }
}

/// The token in a tenant's doorbell address.
pub(crate) fn route_token(name: &str) -> String {
    format!("{name}-door-b4dd0f6a9c1e4f9f8a7d")
}

/// A source's pages where there is much to read.
const LARGE_PAGE: usize = 500;

/// The world of a tenant, with a handful of pupils or many.
pub(crate) fn world(
    number: usize,
    kind: Kind,
    dice: &Dice,
    time: Time,
    ringer: Ringer,
    many_pupils: Option<usize>,
) -> World {
    let pupils = many_pupils.unwrap_or_else(|| 3 + usize::try_from(dice.below(4)).unwrap_or(0));
    let feed = if kind == Kind::Register { Feed::Register } else { Feed::Skolon };
    let name = NAMES[number];
    let skew = jiff::SignedDuration::from_secs(i64::try_from(dice.below(481)).unwrap_or(0) - 240);
    let receiver = ReceiverOptions {
        api_key: format!("key-of-{name}"),
        accounts_to_adopt: 2,
        made_by_hand: 1,
        ..ReceiverOptions::new("gleerups", feed)
    };
    let page = 3 + usize::try_from(dice.below(20)).unwrap_or(0);
    let register = RegisterOptions {
        largest_page: if many_pupils.is_some() { LARGE_PAGE } else { page },
        deleted_entities: !dice.strikes(0.2),
        incremental: !dice.strikes(0.15),
        subscriptions: !dice.strikes(0.2),
        ..RegisterOptions::default()
    };
    let skolon = SkolonOptions {
        feed_misses_revocations: dice.strikes(0.3),
        largest_page: 3 + usize::try_from(dice.below(20)).unwrap_or(0),
        ..SkolonOptions::default()
    };
    World::in_process(WorldOptions {
        name: name.to_owned(),
        size: Size::Hamlet,
        time,
        register_skew: skew,
        ringer,
        seed: dice.below(u64::MAX),
        pupils,
        register,
        skolon,
        receivers: vec![receiver],
        ..WorldOptions::default()
    })
}

/// Doorbells ring within the minute; polls that find nothing are most of a run's work, and tell least.
const POLL_SECONDS: u32 = 180;

/// The tenant's file.
pub(crate) fn file(world: &World, kind: Kind, many: bool, mutation: Option<Mutation>) -> String {
    let page_size = if many { LARGE_PAGE } else { 10 };
    let (removed_count, removed_percent) = match mutation {
        Some(Mutation::BlindGuard) => (u64::MAX >> 12, 100),
        _ => (REMOVED_COUNT, REMOVED_PERCENT),
    };
    let (name, urls) = (world.name(), world.urls());
    let (base, token, client, users) = match kind {
        Kind::Register => (&urls.register, &urls.register_token, world.register().credentials(), "all"),
        Kind::Skolon => (&urls.skolon, &urls.skolon_token, world.skolon().credentials(), "licensed_only"),
    };
    let source_kind = if kind == Kind::Register { "ss12000" } else { "skolon" };
    format!(
        "tenant = \"{name}\"\npublic_url = \"https://hub.example\"\n\
         guard = {{ removed_count = {removed_count}, removed_percent = {removed_percent}.0 }}\n\
         [[source]]\nname = \"{}\"\nkind = \"{source_kind}\"\nbase_url = \"{base}\"\ntoken_url = \"{token}\"\n\
         client_id = \"{}\"\nclient_secret = {{ env = \"{name}_SOURCE\" }}\n\
         poll_seconds = {POLL_SECONDS}\nroute_token = {{ env = \"{name}_DOOR\" }}\npage_size = {page_size}\n\
         [[target]]\nname = \"gleerups\"\nkind = \"gleerups\"\nbase_url = \"{}\"\n\
         api_key = {{ env = \"{name}_KEY\" }}\ndeliver_users = \"{users}\"\n",
        kind.source(),
        client.client_id,
        urls.receivers["gleerups"],
    )
}

/// What the files refer to.
pub(crate) fn secrets(worlds: &[World], kinds: &[Kind], mutation: Option<Mutation>) -> FixedSecrets {
    let shift = usize::from(mutation == Some(Mutation::ExchangedKeys));
    let keys = worlds.iter().cycle().skip(shift);
    worlds.iter().zip(kinds).zip(keys).fold(FixedSecrets::new(), |secrets, ((world, kind), shown)| {
        let name = world.name();
        let client = match kind {
            Kind::Register => world.register().credentials(),
            Kind::Skolon => world.skolon().credentials(),
        };
        let key = shown.receivers().next().map(|it| it.options().api_key.clone()).unwrap_or_default();
        secrets
            .with(SecretRef::Env(format!("{name}_SOURCE")), client.client_secret.clone())
            .with(SecretRef::Env(format!("{name}_DOOR")), route_token(name))
            .with(SecretRef::Env(format!("{name}_KEY")), key)
    })
}

/// Tells Skolon where the doors are.
pub(crate) fn connect(world: &World) {
    let door = format!("https://hub.example/hooks/{}/skolon/{}", world.name(), route_token(world.name()));
    world.skolon().set_webhooks(SkolonWebhooks {
        data_edits: Some(door.clone()),
        remove_user: Some(format!("{door}/remove-user")),
        remove_class: Some(format!("{door}/remove-class")),
    });
}
