//! What is deployed to AWS.

use targets::registry::KINDS;

#[test]
fn every_kind_of_target_has_queues_where_the_template_deploys_it() {
    let template = std::fs::read_to_string("../../infra/template.yaml").unwrap();

    let deployed = template.lines().find_map(|line| line.trim().strip_prefix("SKOLBRO_JOBS: ")).unwrap();

    let deployed: Vec<&str> = deployed.split(',').collect();
    let missing: Vec<&&str> = KINDS.iter().filter(|kind| !deployed.contains(*kind)).collect();
    assert_eq!(missing, Vec::<&&str>::new());
    for kind in KINDS {
        let name = kind.to_uppercase().replace('-', "_");
        for queue in [format!("SKOLBRO_JOBS_{name}_URL: "), format!("SKOLBRO_JOBS_{name}_BULK_URL: ")] {
            assert!(template.contains(&queue), "{queue} is missing: no function would start");
        }
    }
}
