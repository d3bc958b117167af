// A mail before the bill is a surprise.

@description('Name of the budget.')
param name string

@description('What may be spent a month, in the subscription\'s currency.')
param amount int

@description('First day of the month from which it counts, yyyy-MM-dd.')
param startDate string

@description('Who hears of it.')
param email string

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      // Before it is spent, while there is something to be done.
      Forecast: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: [email]
      }
      MostSpent: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: [email]
      }
    }
  }
}
