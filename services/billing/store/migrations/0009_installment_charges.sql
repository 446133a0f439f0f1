-- A charge under way finds its installment by its payment.
create index installments_of_payment on installments (clinic, payment) where payment <> '';
