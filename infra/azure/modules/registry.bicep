// Where the images are. Nodes pull by their identity; there is no administrator's password.

param name string
param location string

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: name
  location: location
  sku: { name: 'Standard' }
  properties: { adminUserEnabled: false, anonymousPullEnabled: false }
}

output name string = registry.name
output server string = registry.properties.loginServer
