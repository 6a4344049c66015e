// One network: nodes, the database's own subnet, and private addresses of other services. Pods have addresses of an overlay.

param name string
param location string

var nodesName = 'nodes'

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  properties: {
    addressSpace: { addressPrefixes: ['10.40.0.0/16'] }
    subnets: [
      {
        name: nodesName
        properties: { addressPrefix: '10.40.0.0/20' }
      }
      {
        name: 'postgres'
        properties: {
          addressPrefix: '10.40.16.0/28'
          delegations: [
            {
              name: 'postgres'
              properties: { serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers' }
            }
          ]
        }
      }
      {
        name: 'endpoints'
        properties: { addressPrefix: '10.40.17.0/27', privateEndpointNetworkPolicies: 'Enabled' }
      }
    ]
  }

  resource postgres 'subnets' existing = { name: 'postgres' }
  resource endpoints 'subnets' existing = { name: 'endpoints' }
}

output networkId string = network.id
output networkName string = network.name
output nodesSubnetName string = nodesName
output postgresSubnetId string = network::postgres.id
output endpointsSubnetId string = network::endpoints.id
