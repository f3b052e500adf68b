"""What a country, programme, workflow, rule, scheme, report and case is: frozen values, no input or output."""
