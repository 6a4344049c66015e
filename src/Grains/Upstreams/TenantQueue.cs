using System.Diagnostics.CodeAnalysis;
using TtsGrains.Grains.Interfaces.Contexts;

namespace TtsGrains.Grains.Upstreams;

/// <summary>The waiting contexts of one tenant in a <see cref="FairQueue{T}"/>, by priority class and then in their order.</summary>
internal sealed class TenantQueue<T>(string name)
    where T : class
{
    private readonly SortedList<PriorityClass, LinkedList<T>> _classes = [];

    public string Name => name;

    /// <summary>When it is served next, in turns of weight 1.</summary>
    public double Turn { get; set; }

    /// <summary>Its order among tenants with the same turn.</summary>
    public long Order { get; set; }

    public bool IsEmpty => _classes.Count == 0;

    /// <summary>The class that is served next.</summary>
    public PriorityClass First => _classes.GetKeyAtIndex(0);

    public IEnumerable<T> Items => _classes.Values.SelectMany(items => items);

    public void Add(PriorityClass priority, T item)
    {
        if (!_classes.TryGetValue(priority, out var items))
        {
            _classes.Add(priority, items = new LinkedList<T>());
        }

        items.AddLast(item);
    }

    public bool TryTake(Func<T, bool> canServe, [NotNullWhen(true)] out T? item)
    {
        foreach (var (priority, items) in _classes)
        {
            for (var node = items.First; node is not null; node = node.Next)
            {
                if (canServe(node.Value))
                {
                    item = node.Value;
                    items.Remove(node);
                    Forget(priority, items);
                    return true;
                }
            }
        }

        item = null;
        return false;
    }

    public bool Remove(T item)
    {
        foreach (var (priority, items) in _classes)
        {
            if (items.Remove(item))
            {
                Forget(priority, items);
                return true;
            }
        }

        return false;
    }

    // Only before the enumeration of the classes is left.
    private void Forget(PriorityClass priority, LinkedList<T> items)
    {
        if (items.Count == 0)
        {
            _classes.Remove(priority);
        }
    }
}
