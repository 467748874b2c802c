//! What can be said on the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Keeps every system a school uses in step with its register.
#[derive(Debug, Parser)]
#[command(name = "skolbro", version, about, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the whole hub on this machine until stopped
    Up(Up),
    /// Play a school day in a simulated municipality and show what came of it
    Demo(Demo),
    /// Run only the simulated outside: a register, Skolon and a receiver
    Outside(Outside),
    /// Check or store a tenant's configuration
    #[command(subcommand)]
    Tenant(Tenant),
    /// Look at a source
    #[command(subcommand)]
    Source(Source),
    /// Groups and teachers of one's own, in a tenant's file
    #[command(subcommand)]
    Manual(Manual),
    /// Read a tenant's sources now
    Sync(Sync),
    /// Put files where a source reads them, here or over HTTPS, so that none is read half
    Drop(Drop),
    /// Show how sources and targets fare
    Status(Status),
    /// Show and decide removals that are held
    #[command(subcommand)]
    Hold(Hold),
    /// Show what would be done at the targets, without doing it
    Preview(Preview),
    /// Send a target again everything that it has from the hub, and what it could not get
    Resend(Resend),
}

/// Where the hub's data are.
#[derive(Debug, Clone, Args)]
pub struct Data {
    /// The folder with the hub's data
    #[arg(long, value_name = "DIR", default_value = ".skolbro")]
    pub data: PathBuf,
}

/// `skolbro up`
#[derive(Debug, Clone, Args)]
pub struct Up {
    /// Add a simulated municipality to try things on
    #[arg(long)]
    pub demo: bool,
    /// A tenant's configuration; may be given several times
    #[arg(long, value_name = "FILE")]
    pub config: Vec<PathBuf>,
    /// The folder with the hub's data [default: .skolbro, or a temporary one with --demo]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Where doorbells and the command line reach the hub
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8700")]
    pub listen: SocketAddr,
}

/// `skolbro demo`
#[derive(Debug, Clone, Args)]
pub struct Demo {
    /// Print one JSON object instead of a summary
    #[arg(long)]
    pub json: bool,
    /// Decides everything that is left to chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How many pupils the municipality has, about
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub pupils: usize,
    /// Read from every kind of source at once, a school in each
    #[arg(long)]
    pub all_sources: bool,
    /// Deliver to receiving systems of all kinds at once, Skolverket's apart
    #[arg(long, conflicts_with = "all_sources")]
    pub all_targets: bool,
    /// Let the outside have a bad day: throttling, faults, lost answers, lost doorbells
    #[arg(long)]
    pub faults: bool,
    /// How long to wait for everything to be delivered, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub patience: u64,
}

/// `skolbro outside`
#[derive(Debug, Clone, Args)]
pub struct Outside {
    /// Decides everything that is left to chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// How many pupils the municipality has, about
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub pupils: usize,
    /// Where doorbells are to ring: the hub's address
    #[arg(long, value_name = "URL")]
    pub hub: Option<String>,
}

/// `skolbro tenant`
#[derive(Debug, Clone, Subcommand)]
pub enum Tenant {
    /// Tell every problem in a tenant's file
    Check {
        /// The file
        file: PathBuf,
    },
    /// Store a tenant's file: at the hub that runs on this machine, or in the table of one in AWS
    Put {
        /// The file
        file: PathBuf,
        /// The table's name, of a hub in AWS
        #[arg(long, value_name = "NAME", conflicts_with = "data")]
        table: Option<String>,
        /// Where the running hub's data are.
        #[command(flatten)]
        at: Data,
    },
}

/// `skolbro source`
#[derive(Debug, Clone, Subcommand)]
pub enum Source {
    /// Find out what a source's provider can, changing nothing; prints JSON that holds nobody's data
    Probe {
        /// The tenant's file; its secrets are taken from the environment
        file: PathBuf,
        /// The source, as the file names it
        source: String,
    },
}

/// `skolbro manual`
#[derive(Debug, Clone, Subcommand)]
pub enum Manual {
    /// Show them
    List {
        /// Where they are kept
        #[command(flatten)]
        place: Place,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Make a group, or change one
    Group(ManualGroup),
    /// Add teachers to groups, or change who they are
    Teachers(ManualTeachers),
    /// Take a group, or an addition of teachers, away
    Remove {
        /// Where it is kept
        #[command(flatten)]
        place: Place,
        /// Its id
        id: String,
    },
}

/// Where one's own groups and teachers are kept.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The tenant's file
    pub file: PathBuf,
    /// The source, of kind manual
    pub source: String,
}

/// `skolbro manual group`
#[derive(Debug, Clone, Args)]
pub struct ManualGroup {
    /// Where it is kept
    #[command(flatten)]
    pub place: Place,
    /// What the group is known by; a new one is made
    pub id: String,
    /// What it is called
    #[arg(long)]
    pub name: Option<String>,
    /// The school or school unit that it belongs to, as the register names it
    #[arg(long, value_name = "ID")]
    pub organisation: Option<String>,
    /// What kind of group it is
    #[arg(long)]
    pub kind: Option<String>,
    /// School type code, e.g. GR
    #[arg(long, value_name = "CODE")]
    pub school_type: Option<String>,
    /// From when to when
    #[command(flatten)]
    pub days: Days,
    /// A pupil who joins, as the register names them; may be given several times
    #[arg(long, value_name = "ID")]
    pub add_pupil: Vec<String>,
    /// A pupil who leaves
    #[arg(long, value_name = "ID")]
    pub remove_pupil: Vec<String>,
    /// Staff who join
    #[arg(long, value_name = "ID")]
    pub add_staff: Vec<String>,
    /// Staff who leave
    #[arg(long, value_name = "ID")]
    pub remove_staff: Vec<String>,
}

/// `skolbro manual teachers`
#[derive(Debug, Clone, Args)]
pub struct ManualTeachers {
    /// Where it is kept
    #[command(flatten)]
    pub place: Place,
    /// What the addition is known by; a new one is made
    pub id: String,
    /// What receiving systems with activities show
    #[arg(long)]
    pub name: Option<String>,
    /// From when to when
    #[command(flatten)]
    pub days: Days,
    /// A group that they teach: the id of one's own, or as the register names it; may be given several times
    #[arg(long, value_name = "ID")]
    pub add_group: Vec<String>,
    /// A group that they do not teach any more
    #[arg(long, value_name = "ID")]
    pub remove_group: Vec<String>,
    /// A teacher who is added, as the register names them
    #[arg(long, value_name = "ID")]
    pub add_person: Vec<String>,
    /// A teacher who is not added any more
    #[arg(long, value_name = "ID")]
    pub remove_person: Vec<String>,
}

/// The days of a group, or of an addition of teachers.
#[derive(Debug, Clone, Args)]
pub struct Days {
    /// First day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub start: Option<jiff::civil::Date>,
    /// Last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub end: Option<jiff::civil::Date>,
    /// What is not to be said of it any more
    #[arg(long, value_name = "WHAT")]
    pub without: Vec<Without>,
}

/// What may be left unsaid.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub enum Without {
    /// First day
    Start,
    /// Last day
    End,
    /// School type code
    SchoolType,
}

/// `skolbro sync`
#[derive(Debug, Clone, Args)]
pub struct Sync {
    /// The tenant
    pub tenant: String,
    /// Read everything, not only what changed
    #[arg(long)]
    pub full: bool,
    /// Where the running hub's data are.
    #[command(flatten)]
    pub at: Data,
}

/// `skolbro resend`
#[derive(Debug, Clone, Args)]
pub struct Resend {
    /// The tenant
    pub tenant: String,
    /// The target
    pub target: String,
    /// Where the running hub's data are.
    #[command(flatten)]
    pub at: Data,
}

/// `skolbro drop`
#[derive(Debug, Clone, Args)]
pub struct Drop {
    /// The tenant
    pub tenant: String,
    /// The source, of kind file-drop
    pub source: String,
    /// The files, with the names that the source reads
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Send them to the hub at this address instead, with the key in SKOLBRO_DROP_KEY
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    pub to: Option<String>,
    /// Where the hub's data are; it may be running or not.
    #[command(flatten)]
    pub at: Data,
}

/// `skolbro status`
#[derive(Debug, Clone, Args)]
pub struct Status {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Where the running hub's data are.
    #[command(flatten)]
    pub at: Data,
}

/// `skolbro hold`
#[derive(Debug, Clone, Subcommand)]
pub enum Hold {
    /// Show the removals that are held
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Where the running hub's data are.
        #[command(flatten)]
        at: Data,
    },
    /// Carry out the removals of a hold
    Approve(Decision),
    /// Drop a hold without removing anything
    Reject(Decision),
}

/// A decision about a hold.
#[derive(Debug, Clone, Args)]
pub struct Decision {
    /// The tenant
    pub tenant: String,
    /// The hold, as `skolbro hold list` names it; approving is refused when it has changed since
    pub id: String,
    /// Where the running hub's data are.
    #[command(flatten)]
    pub at: Data,
}

/// `skolbro preview`
#[derive(Debug, Clone, Args)]
pub struct Preview {
    /// The tenant
    pub tenant: String,
    /// Another file for the tenant, to see what it would change
    #[arg(long, value_name = "FILE")]
    pub rules: Option<PathBuf>,
    /// Only this target
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// As of the beginning of this day, from what is known today
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub as_of: Option<jiff::civil::Date>,
    /// Print JSON: every object that would not be as it is
    #[arg(long)]
    pub json: bool,
    /// Where the running hub's data are.
    #[command(flatten)]
    pub at: Data,
}
