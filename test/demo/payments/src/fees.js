/** The fee on an amount in cents: 1.4 % and 25 cents, rounded up. */
exports.feeFor = (cents) => Math.ceil(cents * 0.014) + 25;
