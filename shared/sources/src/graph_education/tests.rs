mod answers;
mod reads;
mod wire;
