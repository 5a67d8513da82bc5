module bitcoincontroller/test/bench/probe

go 1.19
