terraform {
  backend "s3" {
    bucket = "payments-state"
    key    = "cost-explorer.tfstate"
  }
}

variable "environment" {
  type = string
}

resource "aws_db_instance" "ledger" {
  identifier          = "payments-ledger-${var.environment}"
  instance_class      = "db.t3.small"
  allocated_storage   = 100
  deletion_protection = true

  lifecycle {
    prevent_destroy = true
  }
}
