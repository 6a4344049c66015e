namespace Orleans.Runtime;

/// <summary>Requests in order of arrival, linked through themselves so that queueing allocates nothing. A request is in one list at a time.</summary>
internal sealed class RequestList
{
    private Request? _last;

    public Request? First { get; private set; }

    public bool IsEmpty => First is null;

    public void Add(Request request)
    {
        request.Previous = _last;
        request.Next = null;
        if (_last is null)
        {
            First = request;
        }
        else
        {
            _last.Next = request;
        }

        _last = request;
    }

    public void Remove(Request request)
    {
        if (request.Previous is null)
        {
            First = request.Next;
        }
        else
        {
            request.Previous.Next = request.Next;
        }

        if (request.Next is null)
        {
            _last = request.Previous;
        }
        else
        {
            request.Next.Previous = request.Previous;
        }

        request.Previous = request.Next = null;
    }

    public List<Request> TakeAll()
    {
        var all = new List<Request>();
        while (First is { } request)
        {
            Remove(request);
            all.Add(request);
        }

        return all;
    }
}
