package integration_test

// What this shop reads of the API's answers. Others may be added to them at any time.

type answer struct {
	Customer  struct{ ID, Email, City string }
	Product   struct{ ID, Price string }
	Order     order
	Scheduled scheduled `json:"scheduled_payment"`
	Attempt   struct{ ID, Kind, Amount string }
	Clock     struct {
		Status, At string
	}
	Endpoint struct{ ID, Secret, Status string } `json:"webhook_endpoint"`
	Event    event
}

type order struct {
	ID, Status string
	Type       string   `json:"order_type"`
	Link       *string  `json:"payment_link"`
	Total      *string  `json:"total_to_pay"`
	First      string   `json:"initial_amount"`
	Checkout   checkout // empty where there is none
	EndedAt    *string  `json:"ended_at"`
}

type checkout struct {
	ID        string
	GatewayID string `json:"gateway_id"`
	ResultURL string `json:"result_url"`
}

type scheduled struct {
	ID, Status, Date, Amount string
}

type transaction struct {
	ID, Type, State, Amount string
	AttemptID               string `json:"attempt_id"`
}

type document struct {
	Kind, Number, URL, Total string
}

type event struct {
	ID, Type, Subject string
	OrderID           *string `json:"order_id"`
	Sequence          int
	Data              map[string]any
}

type problem struct {
	Code   string
	Errors []mistake
}

type mistake struct{ Pointer, Code string }
