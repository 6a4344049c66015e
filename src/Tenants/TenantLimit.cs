using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace TtsGrains.Tenants;

/// <summary>A limit of a tenant: a whole number of <see cref="TenantOptions"/>.</summary>
public sealed class TenantLimit
{
    private readonly Setting _setting;
    private readonly RangeAttribute _range;

    private TenantLimit(Setting setting)
    {
        _setting = setting;
        _range = setting.Property.GetCustomAttributes(inherit: true).OfType<RangeAttribute>().Single();
        Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(setting.Name);
    }

    /// <summary>All limits.</summary>
    public static IReadOnlyList<TenantLimit> All { get; } =
        [.. from setting in TtsGrains.Settings.Setting.Of(typeof(TenantOptions)) where setting.ValueType == typeof(int) || setting.ValueType == typeof(long) select new TenantLimit(setting)];

    /// <summary>Its name in documents, such as <c>max_open_contexts</c>.</summary>
    public string Name { get; }

    /// <summary>Its name as a setting.</summary>
    public string Setting => _setting.Name;

    /// <summary>The values that it may have, for messages.</summary>
    public string Rule => Annotations.Describe(_range);

    /// <summary>Gets its value without a setting; null for no limit.</summary>
    public long? Default => ValueOf(new TenantOptions());

    /// <summary>Gets its value of a tenant; null for no limit.</summary>
    public long? ValueOf(TenantOptions options) => _setting.Property.GetValue(options) is { } value ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : null;

    /// <summary>True if it may have a value.</summary>
    public bool Allows(long value) => value >= Convert.ToInt64(_range.Minimum, CultureInfo.InvariantCulture) && value <= Convert.ToInt64(_range.Maximum, CultureInfo.InvariantCulture);
}
