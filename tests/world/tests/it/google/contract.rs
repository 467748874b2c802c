//! Held to the official discovery documents, where they are present.

use world::google::GoogleContract;

#[test]
fn everything_has_the_name_that_the_discovery_documents_give_it() {
    let Some(contract) = GoogleContract::present() else {
        println!("no discovery documents: set SKOLBRO_CONTRACTS");
        return;
    };

    assert_eq!(contract.deviations(), Vec::<String>::new());
}
