namespace TtsGrains.Settings;

/// <summary>A setting is wrong, so the host cannot run. The message is for the operator: it names the setting, and says nothing secret.</summary>
public sealed class SettingsException : Exception
{
    public SettingsException()
    {
    }

    public SettingsException(string message)
        : base(message)
    {
    }

    public SettingsException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
