using 'main.bicep'

param name = 'speech'
param administratorGroupId = readEnvironmentVariable('TTS_ADMINISTRATORS')
param databasePassword = readEnvironmentVariable('TTS_DATABASE_PASSWORD')
