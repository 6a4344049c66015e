// Who the service's pods are: an identity that Kubernetes vouches for, which may read and write the archive's container and nothing else.

param name string
param location string
param issuer string
param namespace string
param serviceAccount string
param storageName string
param containerName string

var blobDataContributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'ba92f5b4-2d11-453d-a403-e96b0029c9fe')

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: storageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource container 'containers' existing = { name: containerName }
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location

  resource federation 'federatedIdentityCredentials' = {
    name: 'kubernetes'
    properties: {
      issuer: issuer
      subject: 'system:serviceaccount:${namespace}:${serviceAccount}'
      audiences: ['api://AzureADTokenExchange']
    }
  }
}

resource writes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::container.id, identity.id, blobDataContributor)
  scope: account::blobs::container
  properties: { principalId: identity.properties.principalId, principalType: 'ServicePrincipal', roleDefinitionId: blobDataContributor }
}

output clientId string = identity.properties.clientId
